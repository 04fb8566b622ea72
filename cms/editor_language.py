"""The editors' site speaks the language of the editor's account: its addresses name none."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation


class EditorLanguageMiddleware:
    """Activates the account's language below Wagtail's root; a choice made in Wagtail goes before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        of_editors = request.path.startswith(reverse("wagtailadmin_home"))
        if not of_editors or not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language):
            return self.get_response(request)

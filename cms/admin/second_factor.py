"""Let somebody in who has lost phone and recovery codes: an administrator takes the second factor away.

The password is still asked for, and who belongs to the staff sets up a new factor before anything else.
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import Button

from marketplace.accounts import second_factor
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require

NAME = "reset_second_factor"


class ResetView(WagtailAdminTemplateMixin, View):
    page_title = gettext_lazy("Reset the second factor")
    header_icon = "key"
    template_name = "cms/admin/reset_second_factor.html"
    breadcrumbs_items: ClassVar = [
        *WagtailAdminTemplateMixin.breadcrumbs_items,
        {"url": reverse_lazy("wagtailusers_users:index"), "label": gettext_lazy("Users")},
        {"url": "", "label": page_title},
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.person = get_object_or_404(User, pk=kwargs["pk"])
        require(request.user, "account:reset_second_factor", self.person)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data(person=self.person))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        second_factor.reset(person=self.person, by=request.user)
        text = _("The second factor of %(name)s is gone. The person has been told.")
        messages.success(request, text % {"name": self.person.name})
        return redirect("wagtailusers_users:edit", self.person.pk)


def buttons(user: User, request_user: Any) -> list[Button]:
    """Return the button in the list of accounts, for who may use it on somebody who has a factor."""
    may = request_user.has_perm("account:reset_second_factor", user)
    if not may or not second_factor.has_one(user):
        return []
    label = ResetView.page_title
    return [Button(label, reverse(NAME, args=[user.pk]), icon_name="key", priority=40)]

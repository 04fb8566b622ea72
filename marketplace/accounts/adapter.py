"""What allauth does differently here.

Addresses are lower-case, mail is in the recipient's language, and its links lead to `SITE_URL`,
whatever host the request has named.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import get_language

from marketplace.accounts.models import User
from marketplace.bilingual import one_line, site_name


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = get_language() or user.language
        user.first_name = one_line(form.cleaned_data.get("first_name", ""))
        user.last_name = one_line(form.cleaned_data.get("last_name", ""))
        return super().save_user(request, user, form, commit)

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("dashboard")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("dashboard")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        reader = context.get("user") or User.objects.filter(email__iexact=email).first()
        language = reader.language if reader else get_language() or settings.LANGUAGE_CODE
        links = {
            name: _own_link(value, language)
            for name, value in context.items()
            if name.endswith("_url")
        }
        with translation.override(language):
            site = {"name": site_name(), "domain": settings.SITE_URL}
            super().send_mail(template_prefix, email, {**context, **links, "current_site": site})


def _own_link(url: str, language: str) -> str:
    """Return the address of the same page in `language` on this site."""
    return settings.SITE_URL + urlsplit(translate_url(url, language)).path

"""What allauth does differently here: lower-case addresses, the reader's language is kept."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from marketplace.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = get_language() or user.language
        user.first_name = form.cleaned_data.get("first_name", "")
        user.last_name = form.cleaned_data.get("last_name", "")
        return super().save_user(request, user, form, commit)

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("dashboard")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("dashboard")

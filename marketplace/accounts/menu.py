"""Entries of the editors' menu that not every editor sees."""

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

from marketplace.accounts.permissions import is_administrator


class AdministratorsMenuItem(MenuItem):
    """An entry for administrators alone."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(is_administrator(request.user))

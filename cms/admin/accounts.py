"""Accounts in the editors' site: made, named, put into groups and closed there, never taken over.

Nobody becomes a superuser here, only a superuser touches one, and an address is changed by its owner
alone, who proves to own the new one.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.forms import BaseForm
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from marketplace.accounts.models import User
from marketplace.accounts.permissions import is_equal_or_above


def may_touch(editor: Any, accounts: Iterable[User]) -> bool:
    """Whether `editor`, who may change accounts, may change these."""
    return all(is_equal_or_above(editor, account) for account in accounts)


class KeepsFields(BaseForm):
    """A form that shows some of its fields and changes them never."""

    kept: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & set(self.kept):
            self.fields[name].disabled = True


class AccountCreationForm(KeepsFields, UserCreationForm):
    kept = ("is_superuser",)


class AccountEditForm(KeepsFields, UserEditForm):
    kept = ("is_superuser", "email")


class AccountViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[BaseForm]:
        return AccountEditForm if for_update else AccountCreationForm

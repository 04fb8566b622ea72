"""What nobody does in the editors' site, superusers included, because something else would break."""

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from wagtail.permissions import ModelPermissionPolicy


class RestrictedPolicy(ModelPermissionPolicy):
    """Django's permissions of the model, except the `refused` actions."""

    def __init__(self, model: type[Model], refused: Collection[str]) -> None:
        super().__init__(model)
        self.refused = refused

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in self.refused and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return super().user_has_any_permission(user, set(actions) - set(self.refused))

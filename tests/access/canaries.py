"""A word of its own for every field that has readers of its own, planted into the rows of the scene."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from tests.access.scene import Scene
from tests.access.secrets import SECRET

OURS = ("marketplace", "search", "brokers", "cms")
TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
)
CANARIES = {name: f"cnr{number:03}x" for number, name in enumerate(SECRET)}


def fields() -> Iterator[tuple[str, Any, str]]:
    """Yield each field that holds a text, with its model."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in OURS:
            for field in model._meta.local_fields:
                if isinstance(field, TEXTS) and not field.choices:
                    yield f"{model._meta.label}.{field.name}", model, field.name


def plant(scene: Scene) -> None:
    """Write the canary of each field into all its rows; of people and what they are told, into one's."""
    researcher, other = scene.people["researcher"], scene.people["other_broker"]
    for name, model, field in fields():
        if name not in SECRET:
            continue
        rows = model._default_manager.all()
        if name.startswith("accounts.User."):
            rows = rows.filter(pk=researcher.pk)
        if name.startswith("notifications."):
            rows = rows.filter(recipient=researcher)
        if name in ("deals.Introduction.message", "deals.DealEvent.note"):
            own = {"introduced_by": other} if field == "message" else {"deal__parties__user": other}
            rows = rows.exclude(**own)
        value: Any = {"canary": CANARIES[name]} if field == "payload" else CANARIES[name]
        for number, row in enumerate(rows):
            unique = f"{value}{number}" if isinstance(value, str) else value
            model._default_manager.filter(pk=row.pk).update(**{field: unique})

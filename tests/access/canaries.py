"""A word of its own for every field that has readers of its own, planted into the rows of the scene."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image, Rendition
from wagtail.models import ModelLogEntry, PageLogEntry, TaskState

from brokers.settlement.models import Policy
from brokers.settlement.services import policies
from cms.models import CasePage, NewsPage
from cms.models.writing import SHARED_WIDTH
from marketplace.listings.models import ResearchResult
from tests.access.scene import Scene
from tests.access.secrets import SECRET, UNPUBLISHED

OURS = ("marketplace", "search", "brokers", "cms")
TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
)
READERS_OF = {name: frozenset(names.split()) for name, names in (SECRET | UNPUBLISHED).items()}
CANARIES = {name: f"cnr{number:03}x" for number, name in enumerate(READERS_OF)}

SIZES = ("max-165x165", "fill-480x320", SHARED_WIDTH)
"""Of those that editors, lists and other sites show of a picture, one each."""


def fields() -> Iterator[tuple[str, Any, str]]:
    """Yield each field that holds a text, with its model."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in OURS:
            for field in model._meta.local_fields:
                if isinstance(field, TEXTS) and not field.choices:
                    yield f"{model._meta.label}.{field.name}", model, field.name


def plant(scene: Scene) -> None:
    """Write the canary of each field into all its rows; of people and what they are told, into one's."""
    _plant_unpublished(scene)
    _plant_policy(scene)
    researcher, other = scene.people["researcher"], scene.people["other_broker"]
    for name, model, field in fields():
        if name not in SECRET or model is Policy:
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


def _plant_policy(scene: Scene) -> None:
    """Add one that holds the canaries: policies never change."""
    director = scene.people["director"]
    policies.add(
        organisation=director.organisations.get(),
        by=director,
        title=CANARIES["settlement.Policy.title"],
        source=CANARIES["settlement.Policy.source"],
        effective_from=timezone.localdate(),
        currency="CNY",
        team_tiers=[[0, None, 7000]],
    )


def _plant_unpublished(scene: Scene) -> None:
    words = {name: CANARIES[name] for name in UNPUBLISHED}
    result = ResearchResult.objects.get(pk=scene.places["returned"]["pk"])
    revision: Any = result.latest_revision
    revision.content |= {"title_en": words["a version of a listing"]}
    revision.save(update_fields=["content"])
    TaskState.objects.update(comment=words["a reviewer's remarks"])
    page = NewsPage.objects.get(pk=scene.places["editors"]["page_id"])
    page.introduction = words["a version of a page"]
    _plant_pictures(words, draft=page)
    page.save_revision()
    Document.objects.update(title=words["the title of a document"])
    word = words["the log of anything but listings"]
    others = ModelLogEntry.objects.exclude(content_type__app_label="listings")
    for log in (others, PageLogEntry.objects.all()):
        log.update(label=word, data={"canary": word})


def _plant_pictures(words: dict[str, str], *, draft: NewsPage) -> None:
    """Let all be of files with the name; the one that is not shown stands in `draft` and in a case."""
    name = words["the name of a picture's file"]
    for picture in Image.objects.all():
        with picture.open_file() as file:
            picture.file = default_storage.save(f"original_images/{name}.png", file)
        picture.title = words["the title of a picture"]
        picture.save()
    case = CasePage.objects.get(slug="untold")
    case.title = words["a case that is not told"]
    draft.picture = case.picture
    draft.picture_alt = case.picture_alt = words["what a picture that is not shown is of"]
    case.save()
    Rendition.objects.all().delete()
    case.picture.get_renditions(*SIZES)
    address = words["the address of a picture that is not shown"]
    case.picture.renditions.update(file=Concat(Value(f"images/{address}"), "filter_spec"))
    cache.clear()

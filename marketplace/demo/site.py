"""The sample site: its pages' texts, and the pairings that an administrator has chosen."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from cms import setup
from cms.models import FeaturedPairing
from marketplace.demo import listings, source
from marketplace.demo.people import person


def load_pages() -> None:
    """Write the sample texts into the pages, and the pages into the menus, that nobody has edited."""
    setup.ensure_menus(setup.ensure_pages(source.read("pages"), rewrite=True))


def load_pairings() -> None:
    """Feature the sample pairings that are missing."""
    for position, row in enumerate(source.read("pairs")["featured"], start=1):
        pair = {"result": listings.result(row["result"]), "need": listings.need(row["need"])}
        if not FeaturedPairing.objects.filter(**pair).exists():
            _feature(position, row, **pair)


def _feature(position: int, row: dict[str, Any], **pair: Any) -> None:
    pairing = FeaturedPairing(
        **pair,
        **source.bilingual(row, "note"),
        sort_order=position,
        starts_at=_midnight(row["starts"]),
        ends_at=_midnight(row["ends"]),
        created_by=person("admin@example.org"),
    )
    pairing.full_clean()
    pairing.save()


def _midnight(offset: int) -> datetime:
    return timezone.make_aware(datetime.combine(source.day(offset) or timezone.localdate(), time()))

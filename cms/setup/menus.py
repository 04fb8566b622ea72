"""The first menus: what visitors look for in the header, what they check in the footer."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.log_actions import registry
from wagtail.models import Page

from cms.destinations import Destination
from cms.models import HomePage, Menus

DESTINATIONS = [
    Destination.RESULTS,
    Destination.NEEDS,
    Destination.ORGANISATIONS,
    Destination.EXPERTS,
    Destination.BROKERS,
]
HEADER_PAGES = ["cases", "news", "how-it-works"]


@transaction.atomic
def ensure_menus(home: HomePage) -> Menus:
    """Fill the menus with the site's parts and the pages below `home`, while nobody has edited them."""
    menus = Menus.objects.first() or Menus()
    if menus.pk is not None and registry.get_logs_for_instance(menus).exists():
        return menus
    pages = Page.objects.child_of(home).live()
    for place, entries in {
        "header": [
            *({"type": "destination", "value": str(part)} for part in DESTINATIONS),
            *_entries(sorted(pages.filter(slug__in=HEADER_PAGES), key=_place)),
        ],
        "footer": [
            *_entries(pages.exclude(slug__in=HEADER_PAGES).order_by("path")),
            *(
                {"type": "destination", "value": str(part)}
                for part in (Destination.NOTICES, Destination.FIGURES)
            ),
        ],
    }.items():
        now = [(entry["type"], entry["value"]) for entry in getattr(menus, place).raw_data]
        if now != [(entry["type"], entry["value"]) for entry in entries]:
            setattr(menus, place, entries)
            menus.save()
    return menus


def _place(page: Page) -> int:
    return HEADER_PAGES.index(page.slug)


def _entries(pages: Iterable[Page]) -> list[dict[str, Any]]:
    return [{"type": "page", "value": page.pk} for page in pages]

"""How often the public pages of listings are opened, by day.

A picture on the page asks to be counted: so the page itself writes nothing and may be cached, and who
fetches it beforehand or by a script is not counted. Left out are those who look after the listing and
whatever calls itself a robot. Nothing is kept about who it was.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.http import HttpRequest
from django.utils import timezone

from marketplace.figures import Day
from marketplace.listings.models import Listing, Openings

DAYS = 30
_ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|archiv|preview|scan|monitor|headless|curl|wget|python|java/|http",
    re.IGNORECASE,
)


def is_reader(request: HttpRequest, listing: Listing) -> bool:
    """Whether `request` comes from somebody who reads the published `listing` as others do."""
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(
        listing.live
        and agent
        and not _ROBOT.search(agent)
        and not ahead
        and not request.user.has_perm("listing:preview", listing)
    )


def count(listing: Listing) -> None:
    """Count one more opening of the page of `listing` today: one write."""
    today = _of(listing).filter(day=timezone.localdate())
    if not today.update(count=F("count") + 1):
        try:
            with transaction.atomic():
                Openings.objects.create(
                    content_type=ContentType.objects.get_for_model(listing),
                    object_id=listing.pk,
                    day=timezone.localdate(),
                )
        except IntegrityError:
            today.update(count=F("count") + 1)


def by_day(listing: Listing) -> list[Day]:
    """Return how often its page was opened on each of the last `DAYS` days, the oldest first."""
    first = _first_day()
    found = dict(_of(listing).filter(day__gte=first).values_list("day", "count"))
    days = (first + timedelta(days=number) for number in range(DAYS))
    return [Day(day, found.get(day, 0)) for day in days]


def recent(listings: Iterable[Listing]) -> dict[int, int]:
    """Return how often the page of each of `listings` of one kind was opened in the last `DAYS` days;
    those that nobody opened are left out.
    """
    rows = list(listings)
    if not rows:
        return {}
    counted = (
        Openings.objects.filter(
            content_type=ContentType.objects.get_for_model(rows[0]),
            object_id__in=[row.pk for row in rows],
            day__gte=_first_day(),
        )
        .order_by()
        .values_list("object_id")
        .annotate(total=Sum("count"))
    )
    return dict(counted)


def _of(listing: Listing) -> Any:
    kind = ContentType.objects.get_for_model(listing)
    return Openings.objects.filter(content_type=kind, object_id=listing.pk)


def _first_day() -> date:
    return timezone.localdate() - timedelta(days=DAYS - 1)

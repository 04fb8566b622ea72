"""Start, change and stop watches. A stopped watch has nothing left to tell."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.bilingual import one_line
from marketplace.listings.models import Listing
from search.alerts import searches
from search.models import Watch

Frequency = Watch.Frequency
MOST_WATCHES = 50
"""For one person."""


@transaction.atomic
def watch_listing(*, listing: Listing, user: User, frequency: str) -> Watch:
    """Watch for what matches `listing`, a need or a result of an organisation of `user`.

    A watch that there is already gets the `frequency`. Raises `PermissionDenied`, and `ValidationError`
    for one watch too many.
    """
    require(user, "listing:watch", listing)
    return _start(user, {listing.kind: listing}, {}, frequency)


@transaction.atomic
def save_search(*, data: QueryDict, user: User, name: str, frequency: str) -> Watch:
    """Keep the search in `data` under `name`; one that is kept already gets name and `frequency`.

    Raises `ValidationError` for a search that is empty, invalid or too long, and for one too many.
    """
    query = searches.canonical(data)
    if not query:
        raise ValidationError(_("Search for some words, or choose a filter, before you save it."))
    details = {"name": one_line(name), "filters": searches.packed_filters(query)}
    return _start(user, {"query": query}, details, frequency)


def _start(user: User, target: dict[str, Any], details: dict[str, Any], frequency: str) -> Watch:
    User.objects.select_for_update().get(pk=user.pk)
    watch = user.watches.filter(**target).first()
    if watch is None:
        if user.watches.count() >= MOST_WATCHES:
            raise ValidationError(
                _("You watch %(number)d things already. Delete one of them to watch another.")
                % {"number": MOST_WATCHES}
            )
        return Watch.objects.create(user=user, frequency=frequency, **target, **details)
    return change(watch=watch, name=details.get("name", watch.name), frequency=frequency)


@transaction.atomic
def change(*, watch: Watch, frequency: str, name: str = "") -> Watch:
    """Tell of what `watch` finds this often, and call it `name`; started again, it looks from now on."""
    if frequency == Frequency.OFF:
        watch.findings.filter(told_at=None).delete()
    elif not watch.is_on:
        watch.since = timezone.now()
    watch.frequency = frequency
    watch.name = one_line(name) or watch.name
    watch.save(update_fields=["frequency", "name", "since"])
    return watch


def stop(watch: Watch) -> None:
    """Tell nothing more of what `watch` finds until it is started again."""
    change(watch=watch, frequency=Frequency.OFF)


@transaction.atomic
def forget(watch: Watch) -> None:
    """Delete `watch`; what its person was told of stays known, so that nobody tells it again."""
    watch.findings.filter(told_at=None).delete()
    watch.delete()

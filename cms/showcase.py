"""Featured pairings and cards as every reader gets them: never more than is public."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse

from cms.models.pairings import FeaturedPairing
from cms.scores import Scored, scores
from marketplace.bilingual import shown_language
from marketplace.listings.cards import RELATED, card
from marketplace.listings.disclosure import disclose
from marketplace.listings.models import Listing

ANYONE = AnonymousUser()


class Pairing(NamedTuple):
    result: dict[str, Any]
    need: dict[str, Any]
    note: str
    note_lang: str
    scored: Scored | None


def shown() -> QuerySet[FeaturedPairing]:
    """Return the pairings that readers see now, with what their cards read."""
    related = [f"{side}__{name}" for side in ("result", "need") for name in RELATED]
    return FeaturedPairing.objects.shown().select_related(*related)


def cards(pairings: Iterable[FeaturedPairing]) -> list[Pairing]:
    """Return `pairings` of `shown` as pages draw them, each with its score where it is known."""
    pairings = list(pairings)
    known = scores(pairings, viewer=ANYONE)
    return [
        Pairing(
            _half(pairing, pairing.result),
            _half(pairing, pairing.need),
            pairing.note,
            shown_language(pairing, "note"),
            known.get(pairing.pk),
        )
        for pairing in pairings
    ]


def public_card(listing: Listing) -> dict[str, Any]:
    """Return the card of a live listing. Raises `LookupError` where there is nothing public to show."""
    disclosure = disclose(listing, ANYONE)
    if disclosure is None:
        raise LookupError(f"{listing!r} is not live")
    return card(disclosure)


def _half(pairing: FeaturedPairing, listing: Listing) -> dict[str, Any]:
    return public_card(listing) | {"url": reverse("pairing", args=[pairing.pk, listing.kind])}

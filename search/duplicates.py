"""Whether a listing has been posted already: others of its kind whose title or summary says nearly the
same.

They are looked for in what is published and in what the own organisation has written, as far as the
reader may see it. A draft is compared here and kept nowhere: no question of it is remembered.
"""

from collections.abc import Iterable
from typing import Any

from marketplace.bilingual import SUFFIXES
from marketplace.listings.cards import RELATED
from marketplace.listings.models import Listing
from marketplace.listings.visibility import visible_to
from search import backends, lexicon, matching, questions, tokens
from search.shaping import Text

ALIKE = 0.6
"""From this likeness on, in [0, 1], two texts say nearly the same. Of the pairs of different listings
among the sample data none reaches 0.3; a title with one word changed keeps about 0.8.
"""
CANDIDATES = 20
"""How many of the published listings nearest in words are compared."""
OWN = 500
"""How many listings of the own organisation are compared, the last ones."""


def of(draft: Listing, *, viewer: Any, limit: int = 3) -> list[Any]:
    """Return the listings that `viewer` may see and that say nearly the same as `draft`, the most alike
    first, annotated with the viewer's `access`.
    """
    texts = [_text(draft, suffix) for suffix in SUFFIXES]
    asked = [text for text in texts if text.title]
    if not asked:
        return []
    listings = visible_to(type(draft)._default_manager.exclude(pk=draft.pk), viewer)
    listings = listings.select_related(*RELATED).order_by("-pk")
    near = listings.filter(pk__in=_nearest(asked, draft.kind), live=True)
    own = listings.filter(organisation=draft.organisation_id)[:OWN]
    found = {other.pk: other for other in (*near, *own)}
    alike = {pk: _likeness(texts, other) for pk, other in found.items()}
    best = sorted(alike, key=lambda pk: (-alike[pk], -pk))
    return [found[pk] for pk in best if alike[pk] >= ALIKE][:limit]


def _text(listing: Any, suffix: str) -> Text:
    return Text(getattr(listing, f"title_{suffix}"), getattr(listing, f"summary_{suffix}"))


def _nearest(texts: list[Text], kind: str) -> list[int]:
    count = backends.current().statistics
    query = questions.of_listing(texts, lexicon=lexicon.current(), count=count)
    return list(matching.nearest(query, kind, CANDIDATES))


def _likeness(texts: Iterable[Text], other: Any) -> float:
    """Return how alike titles or summaries are, in the language in which they are most alike."""
    return max(
        max(_shared(text.title, twin.title), _shared(text.body, twin.body))
        for text, twin in zip(texts, (_text(other, suffix) for suffix in SUFFIXES), strict=True)
    )


def _shared(one: str, other: str) -> float:
    """Return the share of the terms of both texts that both have (Dice's coefficient)."""
    these, those = set(tokens.terms(one)), set(tokens.terms(other))
    return 2 * len(these & those) / (len(these) + len(those)) if these and those else 0.0

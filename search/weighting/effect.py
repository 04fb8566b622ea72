"""What other weights would do: the best results of some needs, today and then. Nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from marketplace.listings.cards import RELATED
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.listings.visibility import live_for
from search import matching
from search.ranking import Scales

NEEDS = 10
BEST = 5
LATELY = timedelta(days=90)

Order = Sequence[tuple[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Place:
    """A result with its `place` and `score` under some weights, and its place under the others, None
    where those do not rank it.
    """

    result: ResearchResult
    place: int
    score: Decimal
    other: int | None

    @property
    def is_alone(self) -> bool:
        """Whether the other weights do not show it."""
        return self.other is None or self.other > BEST

    @property
    def rise(self) -> int:
        """How many places it is further up than under the other weights."""
        return (self.other or self.place) - self.place

    @property
    def fall(self) -> int:
        return -self.rise


@dataclass(frozen=True, slots=True)
class Comparison:
    """The best results of one need, today and under the proposed weights."""

    need: TechnologyNeed
    today: Sequence[Place]
    proposed: Sequence[Place]

    @property
    def has_other_first(self) -> bool:
        return [row.result for row in self.today[:1]] != [row.result for row in self.proposed[:1]]

    @property
    def is_same(self) -> bool:
        return [row.result for row in self.today] == [row.result for row in self.proposed]


def usual_needs() -> list[TechnologyNeed]:
    """Return the published needs about whose matches most was decided lately, then the newest."""
    lately = Q(decisions__decided_at__gte=timezone.now() - LATELY)
    counted = published().annotate(decided=Count("decisions", filter=lately))
    return list(counted.order_by("-decided", "-first_published_at", "-pk")[:NEEDS])


def published() -> QuerySet[TechnologyNeed]:
    """Return the published needs with what matching reads of them."""
    live = TechnologyNeed.objects.filter(live=True)
    return live.select_related(*RELATED).prefetch_related("metrics")


def compare(
    needs: Sequence[TechnologyNeed], *, today: Scales, proposed: Scales, viewer: Any
) -> list[Comparison]:
    """Return what `proposed` would change for each of `needs` in comparison with `today`."""
    orders = [matching.orders(need, viewer=viewer, scales=(today, proposed)) for need in needs]
    best = {pk for both in orders for order in both for pk, _score in order[:BEST]}
    known = live_for(ResearchResult.objects.filter(pk__in=best), viewer).in_bulk()
    return [
        Comparison(need, _places(now, then, known), _places(then, now, known))
        for need, (now, then) in zip(needs, orders, strict=True)
    ]


def _places(order: Order, other: Order, known: Mapping[int, ResearchResult]) -> list[Place]:
    elsewhere = {pk: place for place, (pk, _score) in enumerate(other, 1)}
    return [
        Place(known[pk], place, score, elsewhere.get(pk))
        for place, (pk, score) in enumerate(order[:BEST], 1)
        if pk in known
    ]

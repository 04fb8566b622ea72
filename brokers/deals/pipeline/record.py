"""What a broker has done, as figures that drill down to the deals that they count.

Invariant: a figure that the public reads counts only deals whose two listings are on the public site in
the name of their organisations; the broker and administrators see the very deals behind it, and the
others beside them.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokers.deals.models import Deal, Party
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.listings import visibility
from marketplace.listings.models import ResearchResult, TechnologyNeed

SIGNED = (Stage.AGREED, Stage.PERFORMING, Stage.COMPLETED, Stage.DISPUTED)
FIGURES: dict[str, tuple[Any, Q]] = {
    "brokered": (gettext_lazy("Deals brokered"), Q()),
    "signed": (gettext_lazy("Agreements signed"), Q(stage__in=SIGNED)),
    "completed": (gettext_lazy("Deals completed"), Q(stage=Stage.COMPLETED)),
}


@dataclass(frozen=True)
class Figure:
    """One number about a broker; `total` counts what is not public too."""

    name: str
    label: str
    public: int
    total: int


def deals_of(broker: User, name: str = "brokered") -> QuerySet[Deal]:
    """Return the deals that `broker` has, or had until it left, which the figure `name` counts.

    Raises `KeyError` for an unknown figure.
    """
    parties = Party.every.filter(role=Party.Role.BROKER, user=broker, joined_at__isnull=False)
    return Deal.objects.filter(FIGURES[name][1], pk__in=parties.values("deal"))


def public(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Return those of `deals` that may be counted for everybody."""
    nobody = AnonymousUser()
    results = visibility.live_for(ResearchResult.objects.all(), nobody)
    needs = visibility.live_for(TechnologyNeed.objects.filter(anonymous=False), nobody)
    return deals.filter(result__in=results.values("pk"), need__in=needs.values("pk"))


def figures(broker: User) -> list[Figure]:
    """Return the figures of `broker`."""
    counts = {
        name: Count("pk", filter=condition or None) for name, (_label, condition) in FIGURES.items()
    }
    total = deals_of(broker).aggregate(**counts)
    seen = public(deals_of(broker)).aggregate(**counts)
    return [
        Figure(name, str(label), seen[name], total[name])
        for name, (label, _condition) in FIGURES.items()
    ]


def heading(name: str) -> str:
    """Return the title of the list behind the figure `name`."""
    return _("Behind the figure: %(figure)s") % {"figure": FIGURES[name][0]}

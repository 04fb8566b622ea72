"""How far introductions get: of the deals opened lately, how many have reached each step.

A deal counts at a step once it has been there, however it ended; no move passes one by.
"""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from brokers.deals.figures.period import since
from brokers.deals.models import Deal, DealEvent
from brokers.deals.stages import Stage

STEPS: dict[str, tuple[Any, Stage]] = {
    "introduced": (_("Introduced"), Stage.INTRODUCED),
    "evaluated": (_("Evaluated"), Stage.EVALUATING),
    "negotiated": (_("Negotiated"), Stage.NEGOTIATING),
    "signed": (_("Agreement signed"), Stage.AGREED),
    "paid": (_("First payment received"), Stage.PERFORMING),
    "completed": (_("Completed"), Stage.COMPLETED),
}


def opened() -> QuerySet[Deal]:
    """Return the deals opened lately."""
    return Deal.objects.filter(created_at__gte=since())


def reached(step: str) -> QuerySet[Deal]:
    """Return the deals opened lately that have reached `step`. Raises `KeyError` for an unknown one."""
    return opened().filter(_has_reached(step))


def counts() -> dict[str, int]:
    """Return how many deals have reached each step."""
    return opened().aggregate(**{step: Count("pk", filter=_has_reached(step)) for step in STEPS})


def _has_reached(step: str) -> Q:
    _label, stage = STEPS[step]
    if stage == Stage.INTRODUCED:
        return Q()
    return Q(Exists(DealEvent.objects.filter(deal=OuterRef("pk"), to_stage=stage)))

"""How much of a deal is read at once: what every page of it needs, and all that is still to be done.

Either takes a constant number of queries, for one deal as for a list of them.
"""

from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from brokers.deals.models import (
    Agreement,
    Complaint,
    Deal,
    Document,
    Objection,
    Party,
    RoyaltyReport,
    Signature,
)


def with_parties(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Return `deals` with who takes part, and the versions of the agreement."""
    return deals.select_related(
        "result__organisation", "need__organisation", "due_diligence"
    ).prefetch_related(
        Prefetch("parties", Party.objects.select_related("organisation", "user", "case_consent")),
        Prefetch(
            "agreements",
            Agreement.objects.select_related("plan", "collector", "registration__certificate"),
        ),
    )


def with_work(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Return `deals` with all that says what is to be done."""
    return with_parties(deals).prefetch_related(*_work())


def add_work(deal: Deal) -> None:
    """Read with `deal`, which was read `with_parties`, all that says what is to be done."""
    prefetch_related_objects([deal], *_work())


def _work() -> tuple[str | Prefetch[Any], ...]:
    return (
        Prefetch("documents", Document.objects.defer("text").select_related("agreement")),
        Prefetch(
            "documents__signatures",
            Signature.objects.select_related("user", "party__organisation", "party__user"),
        ),
        "agreements__milestones__costs",
        Prefetch("agreements__joining", Party.every.select_related("organisation", "user")),
        Prefetch(
            "agreements__royalties__reports",
            RoyaltyReport.objects.select_related("evidence", "milestone"),
        ),
        Prefetch("notices__objections", Objection.objects.select_related("author")),
        Prefetch(
            "complaints",
            Complaint.objects.select_related("by_party", "against", "milestone").prefetch_related(
                "statements"
            ),
        ),
    )

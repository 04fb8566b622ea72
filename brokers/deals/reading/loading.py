"""How much of a deal is read at once: what every page of it needs, and what says what is to be done.

Each takes a constant number of queries, for one deal as for a list of them.
"""

from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from brokers.deals import versions
from brokers.deals.models import (
    Agreement,
    Complaint,
    Deal,
    DirectCost,
    Document,
    Objection,
    Party,
    RoyaltyReport,
    Signature,
)
from brokers.deals.stages import IN_FORCE, Stage

Relations = tuple[str | Prefetch[Any], ...]
SIGNING = (Stage.NDA, Stage.NEGOTIATING)


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


def with_prices(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """Return `deals` with what is to be paid in each, and the costs that go off it."""
    return with_parties(deals).prefetch_related("agreements__milestones__costs")


def add_work(*deals: Deal) -> None:
    """Read with `deals`, which were read `with_parties`, what `tasks.of` asks of each in its stage."""
    prefetch_related_objects(deals, *_complaints())
    if signing := [deal for deal in deals if deal.stage in SIGNING or versions.amendment(deal)]:
        prefetch_related_objects(signing, *_documents())
    if established := [deal for deal in signing if deal.institution.state_established]:
        prefetch_related_objects(established, *_notices())
    if performing := [deal for deal in deals if deal.stage in IN_FORCE]:
        prefetch_related_objects(performing, *_payments())


def add_documents(deal: Deal) -> None:
    """Read with `deal` what is signed, and by whom."""
    prefetch_related_objects([deal], *_documents())


def add_notices(deal: Deal) -> None:
    """Read with `deal` what stood on public notice, and who objected."""
    prefetch_related_objects([deal], *_notices())


def add_milestones(*deals: Deal) -> None:
    """Read with `deals` their milestones, as far as names and prices need them."""
    prefetch_related_objects(deals, "agreements__milestones")


def add_payments(deal: Deal) -> None:
    """Read with `deal` its milestones and royalties, with all that was handed in for them."""
    prefetch_related_objects([deal], *_payments())


def _documents() -> Relations:
    return (
        Prefetch("documents", Document.objects.defer("text").select_related("agreement")),
        Prefetch(
            "documents__signatures",
            Signature.objects.select_related("user", "party__organisation", "party__user"),
        ),
        Prefetch("agreements__joining", Party.every.select_related("organisation", "user")),
    )


def _notices() -> Relations:
    return (Prefetch("notices__objections", Objection.objects.select_related("author")),)


def _payments() -> Relations:
    return (
        Prefetch(
            "agreements__milestones__costs", DirectCost.objects.select_related("evidence__file")
        ),
        Prefetch(
            "agreements__royalties__reports",
            RoyaltyReport.objects.select_related("evidence", "milestone"),
        ),
    )


def _complaints() -> Relations:
    return (
        Prefetch(
            "complaints",
            Complaint.objects.with_answers().select_related("by_party", "against", "milestone"),
        ),
    )

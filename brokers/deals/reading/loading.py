"""How much of a deal is read at once: what every page of it needs, and what says what is to be done.

Each takes a constant number of queries, for one deal as for a list of them.
"""

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
    prefetch_related_objects(
        deals,
        Prefetch(
            "complaints",
            Complaint.objects.with_answers().select_related("by_party", "against", "milestone"),
        ),
    )
    signing = [deal for deal in deals if deal.stage in SIGNING or versions.amendment(deal)]
    add_documents(*signing)
    add_notices(*(deal for deal in signing if deal.institution.state_established))
    add_payments(*(deal for deal in deals if deal.stage in IN_FORCE))


def add_documents(*deals: Deal) -> None:
    """Read with `deals` what is signed, and by whom."""
    prefetch_related_objects(
        deals,
        Prefetch("documents", Document.objects.defer("text").select_related("agreement")),
        Prefetch(
            "documents__signatures",
            Signature.objects.select_related("user", "party__organisation", "party__user"),
        ),
        Prefetch("agreements__joining", Party.every.select_related("organisation", "user")),
    )


def add_notices(*deals: Deal) -> None:
    """Read with `deals` what stood on public notice, and who objected."""
    objections = Objection.objects.select_related("author")
    prefetch_related_objects(deals, Prefetch("notices__objections", objections))


def add_milestones(*deals: Deal) -> None:
    """Read with `deals` their milestones, as far as names and prices need them."""
    prefetch_related_objects(deals, "agreements__milestones")


def add_payments(*deals: Deal) -> None:
    """Read with `deals` their milestones and royalties, with all that was handed in for them."""
    prefetch_related_objects(
        deals,
        Prefetch(
            "agreements__milestones__costs", DirectCost.objects.select_related("evidence__file")
        ),
        Prefetch(
            "agreements__royalties__reports",
            RoyaltyReport.objects.select_related("evidence", "milestone"),
        ),
    )

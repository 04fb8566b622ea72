"""The versions of a deal's agreement: which is in force, which is on its way, what each one holds.

A version that amends another has its own milestones and leaves those that have begun where they are, so
a version holds its own and what the versions before have left. Invariant: a milestone that has begun
stays under its version, whose plan, tax and collector its payment keeps for ever.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from brokers.deals.models import Agreement, Deal, DirectCost, Invoice, Milestone
from brokers.payments.models import Charge
from marketplace.money import Money

UNDER_WAY = (Charge.State.OPEN, Charge.State.PAID)
State = Agreement.State


def in_force(deal: Deal) -> Agreement | None:
    """Return the version that is signed and not amended, from the agreements read with `deal`."""
    return _one(deal, (State.SIGNED,))


def pending(deal: Deal) -> Agreement | None:
    """Return the version that is drafted, out for signature or declined, read with `deal`."""
    return _one(deal, Agreement.PENDING)


def current(deal: Deal) -> Agreement | None:
    """Return the version that counts: the one in force, before there is one the one on its way."""
    return in_force(deal) or pending(deal)


def amendment(deal: Deal) -> Agreement | None:
    """Return the version that is on its way beside the one in force, if there is one."""
    return pending(deal) if in_force(deal) else None


def milestones_of(deal: Deal) -> list[Milestone]:
    """Return what is owed in `deal`, from what was read with it; before that, what is drafted."""
    if in_force(deal) is None:
        latest = pending(deal)
        return list(latest.milestones.all()) if latest else []
    return standing(deal)


def standing(deal: Deal) -> list[Milestone]:
    """Return the milestones of signed versions that no later version in force has replaced, from what
    was read with `deal`.
    """
    versions = {agreement.pk: agreement for agreement in deal.agreements.all()}
    return [
        milestone
        for agreement in versions.values()
        if agreement.is_binding
        for milestone in agreement.milestones.all()
        if milestone.replaced_by_id is None or not versions[milestone.replaced_by_id].is_binding
    ]


def contents(agreement: Agreement) -> QuerySet[Milestone]:
    """Return the milestones of `agreement`: its own, and those that it leaves under versions before."""
    earlier = Q(
        agreement__deal=agreement.deal_id,
        agreement__version__lt=agreement.version,
        agreement__state__in=Agreement.BINDING,
    )
    gone = Q(replaced_by__state__in=Agreement.BINDING, replaced_by__version__lte=agreement.version)
    found = Milestone.objects.filter(Q(agreement=agreement) | earlier)
    found = found.exclude(gone).exclude(replaced_by=agreement)
    return found.order_by("agreement__version", "position").prefetch_related("costs")


def total(agreement: Agreement) -> Money:
    """Return the price of the contract: the sum of its milestones, without royalties."""
    return price(contents(agreement), agreement.currency)


def price(milestones: Iterable[Milestone], currency: str) -> Money:
    """Return the sum of those `milestones` that are no royalties."""
    fixed = [m.money for m in milestones if m.kind == Milestone.Kind.FIXED]
    return Money.total(fixed, currency)


def begun(deal: Deal) -> QuerySet[Milestone]:
    """Return the milestones that no amendment changes: paid or being paid, a royalty that was reported,
    one with an invoice that counts, or with evidence of a cost."""
    standing = Milestone.objects.filter(agreement__deal=deal).standing()
    return standing.filter(_has_begun(standing)).select_related("agreement")


def _has_begun(milestones: QuerySet[Milestone]) -> Q:
    def of(rows: QuerySet[Any], name: str) -> Q:
        return Q(pk__in=list(rows.values_list(name, flat=True)))

    known = list(milestones.values_list("pk", flat=True))
    charges = Charge.objects.filter(reference__in=known, state__in=UNDER_WAY)
    invoices = Invoice.objects.filter(milestone__in=known, voided_at=None)
    costs = DirectCost.objects.filter(milestone__in=known, evidence__isnull=False)
    return (
        Q(payment_reference__isnull=False)
        | Q(kind=Milestone.Kind.ROYALTY)
        | of(charges, "reference")
        | of(invoices, "milestone")
        | of(costs, "milestone")
    )


def _one(deal: Deal, states: Iterable[str]) -> Agreement | None:
    return next((a for a in deal.agreements.all() if a.state in states), None)

"""The milestones of an agreement: where each stands, and the one next thing for the reader to do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from brokers.deals.models import Agreement, Deal, Milestone
from brokers.deals.reading import failed_refunds
from brokers.deals.reading.holds import Holds
from brokers.deals.reading.readers import Reader
from brokers.deals.stages import IN_FORCE
from brokers.payments import registry
from brokers.payments.models import BankEntry, Charge, Refund
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import has_role, is_finance


@dataclass(frozen=True, kw_only=True)
class Action:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class MilestoneRow:
    """A milestone with its state in words (`tone` as of `components/tag.html`), its refunds, each with
    why it failed as far as that is for the reader, and what holds its money."""

    milestone: Milestone
    version: int
    state: str
    tone: str
    action: Action | None
    refund_url: str
    held: str
    refunds: list[tuple[Refund, str]] = field(default_factory=list)


def milestone_rows(
    deal: Deal, milestones: Sequence[Milestone], reader: Reader
) -> list[MilestoneRow]:
    """Return `milestones` of `deal` in their order; the number of queries grows with versions only."""
    charges = latest_charges(milestones)
    agreements = {agreement.pk: agreement for agreement in deal.agreements.all()}
    used = {milestone.agreement_id for milestone in milestones}
    keeps_books = {pk: is_bookkeeper(agreements[pk], reader) for pk in used}
    holds = Holds.of(deal.complaints.all(), milestones)
    return [
        _row(
            deal,
            milestone,
            charges.get(milestone.pk),
            reader,
            version=agreements[milestone.agreement_id].version,
            in_force=agreements[milestone.agreement_id].is_binding and deal.stage in IN_FORCE,
            keeps_books=keeps_books[milestone.agreement_id],
            held=holds.why(milestone.payment_reference),
        )
        for milestone in milestones
    ]


def latest_charges(milestones: Iterable[Milestone]) -> dict[Any, Charge]:
    """Return the newest charge of each milestone that has one, with its refunds and receipts."""
    found = Charge.objects.filter(reference__in=[milestone.pk for milestone in milestones])
    charges: dict[Any, list[Charge]] = defaultdict(list)
    for charge in found.prefetch_related("refunds", "receipts"):
        charges[charge.reference].append(charge)
    return {reference: _relevant(several) for reference, several in charges.items()}


def is_bookkeeper(agreement: Agreement, reader: Reader) -> bool:
    """Whether `reader` keeps the books of who receives the payments of `agreement`."""
    approver = Membership.Role.APPROVER
    return is_finance(reader.user) or has_role(reader.user, agreement.collector, approver)


def _relevant(charges: list[Charge]) -> Charge:
    """Return the charge that paid, else the one that is open, else the last that was tried."""
    order = {Charge.State.PAID: 2, Charge.State.OPEN: 1}
    return max(charges, key=lambda c: (order.get(Charge.State(c.state), 0), c.opened_at))


def _row(
    deal: Deal,
    milestone: Milestone,
    charge: Charge | None,
    reader: Reader,
    *,
    version: int,
    in_force: bool,
    keeps_books: bool,
    held: str,
) -> MilestoneRow:
    state, tone = _state(milestone, charge)
    may_refund = keeps_books and milestone.payment_reference is not None
    return MilestoneRow(
        milestone=milestone,
        version=version,
        state=state,
        tone=tone,
        action=next(_actions(deal, milestone, charge, reader, keeps_books), None)
        if in_force
        else None,
        refund_url=reverse("deals:refund", args=[deal.pk, milestone.pk]) if may_refund else "",
        held=held,
        refunds=_refunds(charge, keeps_books) if charge else [],
    )


def _refunds(charge: Charge, keeps_books: bool) -> list[tuple[Refund, str]]:
    """Return the refunds of `charge`; why one failed may be what a bank wrote to a keeper of books."""
    return [(one, failed_refunds.why(one) if keeps_books else "") for one in charge.refunds.all()]


def _state(milestone: Milestone, charge: Charge | None) -> tuple[str, str]:
    paid, delivered = milestone.paid_at, milestone.delivered_at
    states = (
        (milestone.settled_at, _("settled"), "success"),
        (paid and milestone.accepted_at, _("accepted, costs to be approved"), "warning"),
        (paid and delivered, _("delivered, to be accepted"), "accent"),
        (paid, _("paid"), "accent"),
        (_is(charge, Charge.State.PAID), _("received, being booked"), "accent"),
        (_is_received(charge), _("received, to be confirmed"), "accent"),
        (_is(charge, Charge.State.OPEN), _("payment under way"), "accent"),
        (milestone.is_overdue, _("overdue"), "danger"),
    )
    return next(((label, tone) for holds, label, tone in states if holds), (_("to be paid"), ""))


def _is(charge: Charge | None, state: Charge.State) -> bool:
    return charge is not None and charge.state == state


def _is_expected_at_bank(charge: Charge) -> bool:
    return _is(charge, Charge.State.OPEN) and registry.get(charge.gateway).by_hand


def _is_received(charge: Charge | None) -> bool:
    if charge is None or not _is(charge, Charge.State.OPEN):
        return False
    return any(receipt.state == BankEntry.State.RECORDED for receipt in charge.receipts.all())


def _actions(
    deal: Deal, milestone: Milestone, charge: Charge | None, reader: Reader, keeps_books: bool
) -> Iterator[Action]:
    """Yield what the reader can do about `milestone`, the next thing first."""
    args = [deal.pk, milestone.pk]
    signs = reader.acts_for("enterprise", approver=True)
    if milestone.paid_at is None:
        under_way = _is(charge, Charge.State.OPEN) or _is(charge, Charge.State.PAID)
        if signs and under_way:
            yield Action(label=_("Go on with the payment"), url=reverse("deals:payment", args=args))
        elif signs:
            yield Action(label=_("Pay"), url=reverse("deals:pay", args=args))
        if keeps_books and charge and _is_expected_at_bank(charge):
            yield Action(label=_("Record the receipt"), url=reverse("deals:treasury"))
    if milestone.delivered_at is None and reader.acts_for("institution", "team"):
        yield Action(label=_("Deliver"), url=reverse("deals:deliver", args=args))
    if milestone.paid_at and milestone.delivered_at and not milestone.accepted_at and signs:
        yield Action(label=_("Accept"), url=reverse("deals:accept", args=args))
    if milestone.accepted_at and not milestone.settled_at and reader.parties:
        yield from _cost_actions(deal, milestone, reader)


def _cost_actions(deal: Deal, milestone: Milestone, reader: Reader) -> Iterator[Action]:
    may_check = reader.acts_for("institution", "enterprise", approver=True)
    for cost in milestone.costs.all():
        if cost.evidence_id is None:
            url = reverse("deals:prove", args=[deal.pk, cost.pk])
            yield Action(label=_("Add evidence"), url=url)
        elif cost.approved_at is None and may_check:
            url = reverse("deals:check_cost", args=[deal.pk, cost.pk])
            yield Action(label=_("Check a cost"), url=url)

"""Perform a signed agreement: pay its milestones, deliver, accept, settle.

A milestone is paid because its gateway says so, and settled only after the enterprise has accepted the
deliverable and every direct cost is approved; nothing is ever released silently.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from brokers.deals import files, payouts, progress, refunds, taxes
from brokers.deals.models import Deal, DealFile, Milestone
from brokers.deals.stages import IN_FORCE
from brokers.payments import charges
from brokers.payments.models import Charge
from brokers.settlement.models import Receipt
from brokers.settlement.owing import is_held
from brokers.settlement.plan import PLATFORM, Payee, PayeeKind
from brokers.settlement.services import receipts, settlements
from brokers.settlement.services.refunds import refundable
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import require
from marketplace.files import uploads


@transaction.atomic
def pay(*, milestone: Milestone, gateway: str, payer: User, return_url: str) -> Charge:
    """Open the charge of `milestone` through `gateway`; a second click returns the same charge.

    Raises `PermissionDenied` for who may not pay for the enterprise, `ValidationError` when the
    agreement is not in force, the milestone is paid, or the gateway cannot take this payment.
    """
    milestone, deal = locked(milestone)
    enterprise = deal.enterprise
    require(payer, "payment:pay", enterprise)
    _require_performed(milestone, deal)
    if milestone.payment_reference is not None:
        raise ValidationError(_("This milestone has been paid already."), code="paid")
    return charges.open_charge(
        reference=milestone.pk,
        gateway=gateway,
        payer=enterprise,
        amount=milestone.money,
        description=f"{deal.reference} · {milestone.title}",
        language=get_language() or payer.language,
        success_url=return_url,
        cancel_url=return_url,
        opened_by=payer,
        collector=milestone.agreement.collector,
    )


@transaction.atomic
def payment_received(*, charge: Charge) -> None:
    """Post the paid `charge` to the books and note it on its milestone; once, however often told.

    What was paid twice, or for a milestone that an amendment has replaced, is booked and given back.
    """
    milestone = Milestone.objects.filter(pk=charge.reference).first()
    if milestone is None:
        return
    milestone, deal = locked(milestone)
    if Receipt.objects.filter(pk=charge.pk).exists():
        return
    plan = milestone.agreement.plan
    if plan is None:
        raise ValueError(f"milestone {milestone.pk} was charged without a plan")
    receipts.record(
        payment_reference=charge.pk,
        deal_reference=deal.pk,
        plan=plan,
        collector_key=payouts.collector_key(_payee(charge.collector)),
        gross=charge.money,
        fee=charge.fee_money,
    )
    if milestone.payment_reference is not None or not milestone.stands:
        refunds.give_back(charge=charge, deal=deal, milestone=milestone)
        return
    milestone.payment_reference, milestone.paid_at = charge.pk, charge.paid_at
    milestone.save(update_fields=["payment_reference", "paid_at"])
    progress.record(deal=deal, kind="milestone_paid", actor=None, milestone=str(milestone.pk))
    progress.try_advance(deal=deal, move="perform")
    settle_if_ready(milestone, Deal.objects.get(pk=deal.pk))


def payment_failed(*, charge: Charge) -> None:
    """Note in the history of the deal that a payment did not come about."""
    milestone = Milestone.objects.filter(pk=charge.reference).first()
    if milestone is not None:
        progress.record(
            deal=milestone.agreement.deal,
            kind="payment_failed",
            actor=None,
            milestone=str(milestone.pk),
        )


@transaction.atomic
def deliver(
    *, milestone: Milestone, by: User, upload: uploads.Upload | None = None, title: str = ""
) -> None:
    """Tell the enterprise that the deliverable of `milestone` is there, with its file; once.

    Raises `PermissionDenied`, and `ValidationError` when the agreement is not being performed.
    """
    milestone, deal = locked(milestone)
    require(by, "deal:deliver", deal)
    if milestone.delivered_at is None:
        _require_performed(milestone, deal)
        if upload is not None:
            kind = DealFile.Kind.DELIVERABLE
            files.add(deal=deal, upload=upload, kind=kind, title=title or milestone.title, by=by)
        milestone.delivered_at = timezone.now()
        milestone.save(update_fields=["delivered_at"])
        progress.record(deal=deal, kind="delivered", actor=by, milestone=str(milestone.pk))


@transaction.atomic
def accept(*, milestone: Milestone, by: User) -> None:
    """Accept the deliverable of `milestone` for the enterprise, once; its settlement follows.

    Raises `PermissionDenied`, and `ValidationError` before payment or delivery.
    """
    milestone, deal = locked(milestone)
    require(by, "deal:accept", deal)
    if milestone.accepted_at is not None:
        return
    _require_performed(milestone, deal)
    if milestone.paid_at is None:
        raise ValidationError(_("This milestone has not been paid yet."))
    if milestone.delivered_at is None:
        raise ValidationError(_("Nothing has been delivered for this milestone yet."))
    milestone.accepted_at = timezone.now()
    milestone.save(update_fields=["accepted_at"])
    progress.record(deal=deal, kind="accepted", actor=by, milestone=str(milestone.pk))
    settle_if_ready(milestone, deal)


def settle_if_ready(milestone: Milestone, deal: Deal) -> None:
    """Split the payment of a locked, accepted milestone once all its costs are approved.

    A complaint that holds its money stops that until it is decided, and a whole refund for good.
    """
    costs = list(milestone.costs.select_related("evidence__file"))
    if milestone.settled_at or not milestone.accepted_at or not milestone.payment_reference:
        return
    if deal.stage not in IN_FORCE:
        return
    if any(cost.approved_at is None for cost in costs):
        return
    receipt = Receipt.objects.get(pk=milestone.payment_reference)
    if is_held(receipt) or not refundable(receipt, with_disputed=True):
        return
    settlements.settle(
        payment_reference=milestone.payment_reference,
        tax=taxes.due(milestone.money, milestone.agreement),
        costs=[
            settlements.DirectCost(cost.title, cost.money, cost.evidence.file.sha256)
            for cost in costs
            if cost.evidence is not None
        ],
    )
    milestone.settled_at = timezone.now()
    milestone.save(update_fields=["settled_at"])
    progress.record(deal=deal, kind="settled", actor=None, milestone=str(milestone.pk))
    payouts.schedule(deal)
    progress.try_advance(deal=deal, move="complete")


@transaction.atomic
def complaint_ended(*, deal: Deal) -> None:
    """Settle and pay out what a complaint held up."""
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    waiting = Milestone.objects.filter(agreement__deal=deal, settled_at=None).standing()
    for milestone in waiting.select_related("agreement"):
        settle_if_ready(milestone, locked)
    payouts.schedule(locked)
    progress.try_advance(deal=locked, move="complete")


def locked(milestone: Milestone) -> tuple[Milestone, Deal]:
    """Lock the deal, which is what everything about it waits for, and read the milestone anew."""
    deal = Deal.objects.select_for_update().get(agreements__milestones=milestone.pk)
    milestones = Milestone.objects.select_related("agreement", "replaced_by")
    return milestones.get(pk=milestone.pk), deal


def require_standing(milestone: Milestone) -> None:
    """Raise `ValidationError` unless `milestone` is owed, by the version in force or one before."""
    replaced_by = milestone.replaced_by
    if replaced_by is not None and replaced_by.is_binding:
        text = _(
            "Version %(version)s of the agreement has replaced this milestone. Look at the deal."
        )
        raise ValidationError(text % {"version": replaced_by.version}, code="changed")
    if not milestone.stands:
        raise ValidationError(_("This agreement is not in force."))


def _require_performed(milestone: Milestone, deal: Deal) -> None:
    require_standing(milestone)
    if deal.stage not in IN_FORCE:
        raise ValidationError(_("This agreement is not being performed now."))


def _payee(collector: Organisation | None) -> Payee:
    return PLATFORM if collector is None else Payee(PayeeKind.ORGANISATION, collector.pk)

"""Ask for a payment, follow it, and learn what became of it.

Invariants: one open charge for a reference, whatever is clicked; a charge is paid only because its
gateway, asked anew, says so, with the amount that is due; each change of state is told upwards once.
"""

import uuid
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments import announcements, codes, orders, registry
from brokers.payments.gateway import (
    Checkout,
    GatewayError,
    Instructions,
    Payment,
    Refused,
    State,
)
from brokers.payments.models import BankReceipt, Charge, Dispute
from marketplace.accounts.models import Organisation
from marketplace.money import Money


@transaction.atomic
def open_charge(
    *,
    reference: uuid.UUID,
    gateway: str,
    payer: Organisation,
    amount: Money,
    description: str,
    language: str,
    success_url: str,
    cancel_url: str,
    opened_by: Any,
    collector: Organisation | None = None,
) -> Charge:
    """Return the open charge for `reference`, made now unless it exists.

    `collector` None is the platform. Raises `ValidationError` when the reference is paid already, is
    being paid in another way or amount, or the gateway cannot receive `amount` for the collector.
    """
    earlier = Charge.objects.select_for_update().filter(reference=reference)
    _refuse_paid(earlier)
    if reason := registry.get(gateway).refusal(amount, collector=collector):
        raise ValidationError(reason, code="not_accepted")
    charge = Charge(
        reference=reference,
        gateway=gateway,
        collector=collector,
        payer=payer,
        amount=amount.amount,
        currency=amount.currency,
        description=description[:200],
        language=language,
        success_url=success_url,
        cancel_url=cancel_url,
        opened_by=opened_by,
    )
    return _same(earlier.filter(state=Charge.State.OPEN).first() or _insert(charge), charge)


def start_checkout(*, charge: Charge) -> Checkout:
    """Return where `charge` is paid; a page without address means: by the instructions.

    The charge must be committed. Asking again returns the same checkout. Raises `ValidationError` when
    the charge is not open or the gateway refuses it (it is then failed), `OutcomeUnknown` when the
    gateway does not answer: try again.
    """
    if charge.state != Charge.State.OPEN:
        raise _not_open()
    if charge.checkout_id:
        return Checkout(external_id=charge.checkout_id, url=charge.checkout_url)
    gateway = registry.get(charge.gateway)
    try:
        checkout = gateway.start_checkout(charge.order())
    except Refused as refusal:
        _close(charge.pk, Charge.State.FAILED, str(refusal))
        raise ValidationError(
            _("The payment was refused: %(reason)s"),
            code="refused",
            params={"reason": str(refusal)},
        ) from refusal
    charge.checkout_id, charge.checkout_url = checkout.external_id, checkout.url
    started = Charge.objects.filter(pk=charge.pk, state=Charge.State.OPEN)
    if not started.update(checkout_id=checkout.external_id, checkout_url=checkout.url):
        with suppress(Refused):
            gateway.cancel_checkout(checkout.external_id)
        raise _not_open()
    return checkout


def instructions(charge: Charge) -> Instructions | None:
    """Return what the payer writes on a bank transfer, None where a page of the gateway is used."""
    return registry.get(charge.gateway).instructions(charge.order(), collector=charge.collector)


def cancel(*, charge: Charge) -> Charge:
    """Close an open charge, so that it can be paid in another way; return it as it is now.

    A payment that was made meanwhile wins. Raises `ValidationError` when a bank receipt waits for its
    confirmation, `OutcomeUnknown` when the gateway does not answer.
    """
    if charge.receipts.filter(state=BankReceipt.State.RECORDED).exists():
        raise ValidationError(
            _("Money was received for this payment and waits for confirmation."), code="received"
        )
    if charge.checkout_id:
        try:
            registry.get(charge.gateway).cancel_checkout(charge.checkout_id)
        except Refused:
            return refresh(charge_id=charge.pk)
    _close(charge.pk, Charge.State.CANCELLED, "")
    charge.refresh_from_db()
    return charge


def refresh(*, charge_id: Any) -> Charge:
    """Ask the gateway how the charge stands, apply the answer, return the charge.

    Raises `OutcomeUnknown` when the gateway does not answer, `GatewayError` when the answer does not
    fit what is due.
    """
    charge = Charge.objects.get(pk=charge_id)
    if charge.checkout_id and charge.state != Charge.State.PAID:
        gateway = registry.get(charge.gateway)
        apply(charge, gateway.fetch_payment(str(charge.pk), charge.checkout_id))
        charge.refresh_from_db()
    return charge


@transaction.atomic
def apply(charge: Charge, payment: Payment) -> None:
    """Bring `charge` to what the gateway says; the same answer twice, or an older one, changes nothing.

    Raises `GatewayError` when another amount was paid than is due.
    """
    Charge.objects.filter(pk=charge.pk).update(refreshed_at=timezone.now())
    if payment.state == State.DONE:
        _pay(charge, payment)
    elif payment.state == State.FAILED:
        _close(charge.pk, Charge.State.FAILED, payment.failure)


def refundable(charge: Charge) -> Money:
    """Return what of a paid charge is neither given back, being given back, nor disputed."""
    if charge.state != Charge.State.PAID:
        return Money.zero(charge.currency)
    standing = Dispute.objects.filter(charge=charge).exclude(state=Dispute.State.WON)
    disputed = standing.aggregate(total=Sum("amount"))
    left = charge.money - orders.total(charge.refunds, charge.currency)
    return max(left - Money(disputed["total"] or 0, charge.currency), Money.zero(charge.currency))


def with_code(text: str) -> Charge | None:
    """Return the charge whose reference code a person wrote as `text`, if there is one."""
    code = codes.normalise(text)
    return Charge.objects.filter(code=code).first() if code else None


def _pay(charge: Charge, payment: Payment) -> None:
    if payment.amount != charge.money:
        raise GatewayError(f"{payment.amount} paid where {charge.money} is due for {charge.pk}")
    if payment.fee is None:
        raise GatewayError(f"the fee of {charge.pk} is not known yet")
    paid = Charge.objects.filter(pk=charge.pk).exclude(state=Charge.State.PAID)
    if paid.update(
        state=Charge.State.PAID,
        fee=payment.fee.amount,
        payment_id=payment.payment_id,
        external_id=payment.charge_id,
        failure="",
        paid_at=timezone.now(),
    ):
        announcements.charge_paid(charge)


@transaction.atomic
def _close(charge_id: uuid.UUID, state: Charge.State, failure: str) -> None:
    charge = Charge.objects.filter(pk=charge_id, state=Charge.State.OPEN)
    if charge.update(state=state, failure=failure):
        announcements.charge_failed(Charge.objects.get(pk=charge_id))


def _refuse_paid(earlier: QuerySet[Charge]) -> None:
    for charge in earlier:
        if refundable(charge):
            raise ValidationError(_("This has been paid already."), code="paid")


def _insert(charge: Charge) -> Charge:
    """Return `charge`, saved, or the one that was opened for its reference at the same time."""
    try:
        with transaction.atomic():
            charge.save(force_insert=True)
    except IntegrityError as error:
        rivals = Charge.objects.filter(reference=charge.reference, state=Charge.State.OPEN)
        rival = rivals.first()
        if rival is None:
            raise _not_open() from error
        return rival
    return charge


def _not_open() -> ValidationError:
    return ValidationError(_("This payment is no longer open."), code="not_open")


def _same(existing: Charge, wanted: Charge) -> Charge:
    """Return the charge that is open already, unless another one is wanted now."""
    if (existing.gateway, existing.money, existing.payer_id, existing.collector_id) != (
        wanted.gateway,
        wanted.money,
        wanted.payer_id,
        wanted.collector_id,
    ):
        raise ValidationError(
            _("Another payment for this is open. Cancel it first."), code="other_open"
        )
    return existing

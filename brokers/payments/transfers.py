"""Pay a payee.

Invariants: a reference is paid once; nothing goes to an account that cannot receive; a collector's money
leaves only through a gateway that holds that collector's money.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokers.payments import orders, registry
from brokers.payments.charges import refundable
from brokers.payments.gateway import Outcome, State
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    Charge,
    PayoutAccount,
    PayoutItem,
    PayoutList,
    Transfer,
)
from marketplace.accounts.models import Organisation
from marketplace.money import Money


@transaction.atomic
def request(
    *,
    reference: uuid.UUID,
    account: PayoutAccount,
    amount: Money,
    charge: Charge | None = None,
    collector: Organisation | None = None,
    requested_by: Any = None,
) -> Transfer:
    """Return the transfer of `amount` for `reference`, ordered now unless it was.

    `collector` None is the platform. With `charge` the money comes out of that payment, so it need not
    be available yet. Raises `ValidationError` for an account that cannot receive, an amount that is
    not above zero, a charge that is not paid in this currency, a reference used for something else.
    """
    locked = PayoutAccount.objects.select_for_update().get(pk=account.pk)
    transfer = Transfer(
        reference=reference,
        account=locked,
        amount=amount.amount,
        currency=amount.currency,
        charge=charge,
        payer=collector,
        requested_by=requested_by,
    )
    if earlier := orders.submitted(transfer):
        return earlier
    _require_able(locked, collector)
    orders.require_amount(amount)
    if charge is not None:
        _require_source(charge, locked, amount)
    return orders.submit(transfer)


@transaction.atomic
def hold(references: Iterable[uuid.UUID]) -> None:
    """Let the transfers with these references, as far as they have not left, wait for `let_go`.

    Who sends, records or releases one at the same moment comes before or after this, never between.
    """
    here = Q(state=Transfer.State.REQUESTED, sent_at=None) | Q(state=Transfer.State.BY_HAND)
    locked = Transfer.objects.select_for_update().filter(here, reference__in=references)
    staying = {transfer.pk for transfer in locked.order_by("pk")}
    at_bank = PayoutItem.objects.filter(
        stands=True, transfer__in=staying, payout_list__state=PayoutList.State.RELEASED
    )
    recorded = BankPayout.objects.filter(transfer__in=staying, state__in=BankEntry.STANDING)
    staying -= set(at_bank.values_list("transfer", flat=True))
    staying -= set(recorded.values_list("transfer", flat=True))
    Transfer.objects.filter(pk__in=staying).update(held=True)


def let_go(references: Iterable[uuid.UUID]) -> None:
    """Let the transfers that were held go on."""
    held = list(Transfer.objects.filter(reference__in=references, held=True))
    Transfer.objects.filter(pk__in=[transfer.pk for transfer in held]).update(held=False)
    for transfer in held:
        orders.schedule(transfer)


def call_off(references: Iterable[uuid.UUID], reason: str) -> None:
    """Let the transfers that are held fail, for `reason`: what they were to pay is owed again."""
    for transfer in Transfer.objects.filter(reference__in=references, held=True):
        outcome = Outcome(state=State.FAILED, row=str(transfer.pk), failure=reason)
        orders.apply(transfer, outcome)
        PayoutItem.objects.filter(transfer=transfer).update(stands=False)


def drawable(charge: Charge) -> Money:
    """Return what of a payment no transfer was taken from yet, and was not refunded."""
    return refundable(charge) - orders.total(charge.transfers, charge.currency)


def _require_able(account: PayoutAccount, collector: Organisation | None) -> None:
    if account.status != PayoutAccount.Status.ACTIVE:
        raise ValidationError(_("The payee's account cannot receive money."), code="not_ready")
    if registry.get(account.gateway).for_platform != (collector is None):
        raise ValidationError(
            _("The collector cannot pay to an account of this kind."), code="collector"
        )


def _require_source(charge: Charge, account: PayoutAccount, amount: Money) -> None:
    if charge.state != Charge.State.PAID:
        raise ValidationError(_("This payment has not been received."), code="not_paid")
    if charge.gateway != account.gateway or charge.currency != amount.currency:
        raise ValidationError(
            _("The payee's account cannot be paid out of this payment."), code="source"
        )

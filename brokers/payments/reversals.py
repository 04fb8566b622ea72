"""Take money of a transfer back. Invariant: never more is taken back than was transferred."""

import uuid
from typing import Any

from django.db import transaction

from brokers.payments import orders
from brokers.payments.models import Reversal, Transfer
from marketplace.money import Money


@transaction.atomic
def request(
    *, reference: uuid.UUID, transfer: Transfer, amount: Money, requested_by: Any = None
) -> Reversal:
    """Return the reversal of `amount` for `reference`, ordered now unless it was.

    Whether the payee still has the money shows when it is carried out: `reversal_failed` then tells.
    Raises `ValidationError` for a transfer that is not paid, an amount that is not above zero or is
    more than is left of it, a reference used for something else.
    """
    locked = Transfer.objects.select_for_update().get(pk=transfer.pk)
    reversal = Reversal(
        reference=reference,
        transfer=locked,
        amount=amount.amount,
        currency=amount.currency,
        requested_by=requested_by,
    )
    if earlier := orders.submitted(reversal):
        return earlier
    orders.require_amount(amount, most=reversible(locked))
    return orders.submit(reversal)


def reversible(transfer: Transfer) -> Money:
    """Return what of a paid transfer is neither taken back nor being taken back."""
    if transfer.state != Transfer.State.PAID:
        return Money.zero(transfer.currency)
    return transfer.money - orders.total(transfer.reversals, transfer.currency)

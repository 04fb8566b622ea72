"""Give money back to a payer. Invariant: never more is given back than was paid."""

import uuid
from typing import Any

from django.db import transaction

from brokers.payments import orders
from brokers.payments.charges import refundable
from brokers.payments.models import Charge, Refund
from marketplace.money import Money


@transaction.atomic
def request(
    *,
    reference: uuid.UUID,
    charge: Charge,
    amount: Money,
    reason: str,
    requested_by: Any = None,
) -> Refund:
    """Return the refund of `amount` for `reference`, ordered now unless it was.

    Two equal refunds are two references. Raises `ValidationError` for a charge that is not paid, an
    amount that is not above zero or is more than is left of it, a reference used for something else.
    """
    locked = Charge.objects.select_for_update().get(pk=charge.pk)
    refund = Refund(
        reference=reference,
        charge=locked,
        amount=amount.amount,
        currency=amount.currency,
        reason=reason[:200],
        requested_by=requested_by,
    )
    if earlier := orders.submitted(refund):
        return earlier
    orders.require_amount(amount, most=refundable(locked))
    return orders.submit(refund)

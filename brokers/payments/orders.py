"""Carry out orders to move money: send, repeat, look up, and learn what became of them.

Invariants: no order moves money twice, whatever is lost, repeated or run at once; a transaction is never
held while the gateway is asked; each change of state is told upwards once.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments import announcements, registry
from brokers.payments.gateway import Gateway, Outcome, OutOfFunds, Refused, State
from brokers.payments.models import Order, Refund, Reversal, Transfer
from marketplace.money import Money
from marketplace.outbox.effects import enqueue

logger = logging.getLogger(__name__)

OrderType = TypeVar("OrderType", bound=Order)

KINDS: dict[str, type[Order]] = {kind.noun: kind for kind in (Transfer, Reversal, Refund)}

KEY_LIFETIME = timedelta(hours=23)
"""How long a key is trusted to replay an answer; Stripe keeps keys for at least 24 hours."""

_STATES = {
    State.PENDING: Order.State.SENT,
    State.BY_HAND: Order.State.BY_HAND,
    State.DONE: Order.State.PAID,
    State.FAILED: Order.State.FAILED,
}


def submit(order: OrderType) -> OrderType:
    """Save a new `order` and have it carried out, both or neither with the transaction."""
    order.save(force_insert=True)
    schedule(order)
    return order


def submitted(order: OrderType) -> OrderType | None:
    """Return the order that was submitted under the reference of `order`, None if none was.

    Raises `ValidationError` when that one was for something else.
    """
    earlier = type(order)._default_manager.filter(reference=order.reference).first()
    if earlier is not None and earlier.identity != order.identity:
        raise ValidationError(_("This was ordered already, differently."), code="reference_used")
    return earlier


def locked(orders: Iterable[OrderType]) -> list[OrderType]:
    """Lock `orders`, always in the same order, so that nobody waits for each other; return them anew.

    They come back in the order in which they were given.
    """
    given = list(orders)
    found: dict[Any, OrderType] = {}
    for kind in sorted({type(order) for order in given}, key=lambda kind: kind.noun):
        keys = [order.pk for order in given if type(order) is kind]
        rows = kind._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
        found |= {row.pk: row for row in rows}
    return [found[order.pk] for order in given]


def require_amount(amount: Money, *, most: Money | None = None) -> None:
    """Raise `ValidationError` unless `amount` is above zero and no more than `most`."""
    if amount.amount <= 0:
        raise ValidationError(_("Enter an amount above zero."), code="zero")
    if most is not None and amount.currency != most.currency:
        raise ValidationError(_("The amount is in another currency."), code="currency")
    if most is not None and amount > most:
        raise ValidationError(
            _("At most %(most)s can be taken."), code="too_much", params={"most": most}
        )


def total(orders: Any, currency: str) -> Money:
    """Return the sum of a related manager's orders that moved money or still may."""
    moving = orders.exclude(state=Order.State.FAILED)
    return Money(moving.aggregate(total=Sum("amount"))["total"] or 0, currency)


def schedule(order: Order) -> None:
    """Have `order` carried out once the transaction is committed; too often does no harm."""
    enqueue(f"payments.{order.noun}", {order.noun: str(order.pk)})


def carry_out(kind: type[Order], order_id: Any) -> None:
    """Send the order, or learn how it stands; do nothing when it is finished, or a transfer is held.

    Raises `OutcomeUnknown` and, for an order that waits for funds, `OutOfFunds`: run it again later.
    """
    order = kind._default_manager.get(pk=order_id)
    if isinstance(order, Transfer) and order.held:
        return
    gateway = registry.get(order.gateway)
    kind._default_manager.filter(pk=order.pk).update(tried_at=timezone.now())
    if order.state == Order.State.REQUESTED:
        _send(order, gateway)
    elif order.state in (Order.State.SENT, Order.State.BY_HAND):
        apply(order, order.fetch(gateway, order.external_id))


def refresh(kind: type[Order], order_id: Any, external_id: str) -> None:
    """Ask the gateway how the order stands that it knows as `external_id`, and apply the answer."""
    order = kind._default_manager.get(pk=order_id)
    outcome = order.fetch(registry.get(order.gateway), order.external_id or external_id)
    if outcome.row == str(order.pk):
        apply(order, outcome)
    else:
        logger.error("%s at the gateway is not %s", external_id, order)


@transaction.atomic
def apply(order: Order, outcome: Outcome) -> None:
    """Bring `order` to what the gateway says; repeated or older answers change nothing."""
    state = _STATES[outcome.state]
    changes: dict[str, Any] = {"state": state, "failure": outcome.failure}
    if outcome.external_id:
        changes["external_id"] = outcome.external_id
    if state == Order.State.PAID:
        changes["paid_at"] = timezone.now()
    earlier = type(order)._default_manager.filter(pk=order.pk, state__in=_before(order, state))
    if not earlier.update(**changes):
        return
    if state == Order.State.PAID:
        announcements.order_paid(order)
    elif state == Order.State.FAILED:
        announcements.order_failed(order)


def _before(order: Order, state: Order.State) -> tuple[Order.State, ...]:
    """Return the states from which `order` may come to `state`."""
    if state in (Order.State.SENT, Order.State.BY_HAND):
        return (Order.State.REQUESTED,)
    if state == Order.State.FAILED and order.may_come_back:
        return (*Order.OPEN, Order.State.PAID)
    return Order.OPEN


def _send(order: Order, gateway: Gateway) -> None:
    if order.sent_at and order.sent_at < timezone.now() - KEY_LIFETIME:
        found = order.find(gateway)
        if found is not None:
            apply(order, found)
            return
        _renew_key(order, sent_at=timezone.now())
    elif not order.sent_at and not _mark_sent(order):
        return
    try:
        outcome = order.send(gateway)
    except OutOfFunds:
        if order.waits_for_funds:
            _renew_key(order, sent_at=None)
            raise
        outcome = Outcome(state=State.FAILED, row=str(order.pk), failure="balance_insufficient")
    except Refused as refusal:
        outcome = Outcome(state=State.FAILED, row=str(order.pk), failure=str(refusal))
    apply(order, outcome)


def _mark_sent(order: Order) -> bool:
    """Note that `order` goes out now; return False where a transfer was held in the same moment."""
    unsent = type(order)._default_manager.filter(pk=order.pk, sent_at=None)
    if isinstance(order, Transfer):
        unsent = Transfer.objects.filter(pk=order.pk, sent_at=None, held=False)
    unsent.update(sent_at=timezone.now())
    order.refresh_from_db()
    return order.sent_at is not None


def _renew_key(order: Order, *, sent_at: datetime | None) -> None:
    """Use another key from now on: it is certain that the current one did nothing."""
    renewed = type(order)._default_manager.filter(
        pk=order.pk, attempt=order.attempt, state=Order.State.REQUESTED
    )
    renewed.update(attempt=order.attempt + 1, sent_at=sent_at)
    order.refresh_from_db()

"""Have payments made at the bank together: one person draws the list up, another releases it.

Invariants: only what is to be paid by hand, is not held and is on no other list gets on one; only a
released list leaves the site, and only to accounts that can receive.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.models import (
    BankEntry,
    Order,
    PayoutAccount,
    PayoutItem,
    PayoutList,
    Refund,
    Transfer,
)
from brokers.payments.orders import locked
from marketplace.accounts.models import Organisation
from marketplace.audit import trail
from marketplace.money import Money


@transaction.atomic
def draw_up(
    *, collector: Organisation, currency: str, orders: Sequence[Transfer | Refund], by: Any
) -> PayoutList:
    """Put `orders` on a list. Raises `ValidationError` for none, or one that cannot be on it."""
    if not orders:
        raise ValidationError(_("Choose at least one payment."), code="empty")
    drawn_up = PayoutList.objects.create(collector=collector, currency=currency, drawn_up_by=by)
    for order in locked(orders):
        if order.collector != collector or order.currency != currency:
            raise ValidationError(_("All payments of a list have one payer and currency."))
        _require_payable(order)
        try:
            with transaction.atomic():
                PayoutItem.objects.create(payout_list=drawn_up, **{order.noun: order})
        except IntegrityError as error:
            raise ValidationError(
                _("A payment is on another list already."), code="once"
            ) from error
    trail.record(actor=by, action="payout_list.draw_up", target=drawn_up)
    return drawn_up


@transaction.atomic
def release(*, payout_list: PayoutList, by: Any) -> None:
    """Let the list go to the bank.

    Raises `ValidationError` for who drew it up, when it is decided already, or a payment of it is
    paid, held, recorded at the bank or goes to an account that was closed since.
    """
    found = _undecided(payout_list)
    if found.drawn_up_by_id == by.pk:
        raise ValidationError(
            _("Somebody else must release what you drew up."), code="second_person"
        )
    for order in locked(orders_of(found)):
        _require_payable(order)
    _decide(found, PayoutList.State.RELEASED, by)


@transaction.atomic
def withdraw(*, payout_list: PayoutList, by: Any) -> None:
    """Give up a list that was not released; its payments can be on another. May be done by anybody."""
    found = _undecided(payout_list)
    found.items.update(stands=False)
    _decide(found, PayoutList.State.WITHDRAWN, by)


def orders_of(payout_list: PayoutList, *, standing: bool = False) -> list[Transfer | Refund]:
    """Return the payments of a list, in the order in which they were put on it.

    With `standing` those alone that have not come back from the bank.
    """
    on_it = payout_list.items.filter(stands=True) if standing else payout_list.items
    items = on_it.select_related(
        "transfer__account__organisation",
        "transfer__account__user",
        "transfer__charge",
        "transfer__payer",
        "refund__charge__payer",
        "refund__charge__collector",
    )
    return [item.order for item in items]


def total(payout_list: PayoutList, orders: Sequence[Transfer | Refund]) -> Money:
    """Return what the payments of a list sum to, in its one currency."""
    return Money.total((order.money for order in orders), payout_list.currency)


def _require_payable(order: Transfer | Refund) -> None:
    if order.state != Order.State.BY_HAND:
        raise ValidationError(
            _("“%(code)s” is not to be paid any more."), "decided", {"code": order.code}
        )
    recorded = {"state__in": BankEntry.STANDING}
    entries = (order.bank_payouts, order.bank_returns)
    if any(some.filter(**recorded).exists() for some in entries):
        raise ValidationError(
            _("Somebody has recorded at the bank what became of “%(code)s”."),
            "recorded",
            {"code": order.code},
        )
    if isinstance(order, Refund):
        return
    if order.held:
        raise ValidationError(_("This payment is held until a complaint is decided."), code="held")
    if order.account.status != PayoutAccount.Status.ACTIVE:
        raise ValidationError(
            _("The account of %(payee)s cannot receive money any more."),
            code="not_ready",
            params={"payee": order.account.owner_name},
        )


def _undecided(payout_list: PayoutList) -> PayoutList:
    found = PayoutList.objects.select_for_update().get(pk=payout_list.pk)
    if found.state != PayoutList.State.DRAWN_UP:
        raise ValidationError(_("This is decided already."), code="decided")
    return found


def _decide(payout_list: PayoutList, state: PayoutList.State, by: Any) -> None:
    payout_list.state = state
    payout_list.decided_by = by
    payout_list.decided_at = timezone.now()
    payout_list.save(update_fields=["state", "decided_by", "decided_at"])
    trail.record(actor=by, action=f"payout_list.{state}", target=payout_list)

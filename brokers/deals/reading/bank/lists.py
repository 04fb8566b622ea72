"""Payout lists: what can be on one, what a list holds, and the list as a table for the bank."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from brokers.deals.reading import bank_words
from brokers.deals.reading.treasury import kept_by, payable_refunds, payable_transfers
from brokers.payments.models import BankReceipt, Clearing, PayoutItem, PayoutList, Refund, Transfer
from brokers.payments.payout_lists import orders_of
from marketplace.accounts.models import Organisation
from marketplace.money import Money
from marketplace.spreadsheets import Cell, csv_text


@dataclass(frozen=True)
class Batch:
    """Payments of one collector in one currency that are on no list yet."""

    collector: Organisation
    currency: str
    orders: list[Transfer | Refund]

    @property
    def total(self) -> Money:
        return Money.total((order.money for order in self.orders), self.currency)


@dataclass(frozen=True)
class Payee:
    """Whose account a payment goes to; empty where people look it up at the bank."""

    holder: str
    bank: str
    number: str


def batches(user: Any) -> list[Batch]:
    """Return what `user` may put on lists, by collector and currency."""
    listed = PayoutItem.objects.filter(stands=True)
    transfers = payable_transfers(user).exclude(
        pk__in=listed.filter(refund=None).values("transfer")
    )
    refunds = payable_refunds(user).exclude(pk__in=listed.filter(transfer=None).values("refund"))
    found: defaultdict[tuple[Organisation, str], list[Transfer | Refund]] = defaultdict(list)
    orders: list[Transfer | Refund] = [*transfers, *refunds]
    for order in orders:
        if order.collector is not None:
            found[order.collector, order.currency].append(order)
    return [Batch(collector, currency, orders) for (collector, currency), orders in found.items()]


def payout_lists(user: Any) -> QuerySet[PayoutList]:
    """Return the lists of the collectors whose books `user` keeps, the newest first."""
    lists = PayoutList.objects.filter(kept_by(user, "collector")).annotate(size=Count("items"))
    return lists.select_related("collector", "drawn_up_by", "decided_by").order_by("-drawn_up_at")


def payees(orders: Sequence[Transfer | Refund]) -> dict[Any, Payee]:
    """Return where each of `orders` goes; a refund to the account that its payment came from."""
    charges = {order.charge_id for order in orders if isinstance(order, Refund)}
    receipts = BankReceipt.objects.filter(charge__in=charges, state="confirmed")
    came_from = {
        cleared.receipt.charge_id: cleared.line
        for cleared in Clearing.objects.filter(receipt__in=receipts, withdrawn_at=None)
        .select_related("receipt", "line")
        .order_by("pk")
        if cleared.receipt is not None
    }
    return {order.pk: _payee(order, came_from) for order in orders}


def list_csv(payout_list: PayoutList) -> str:
    """Return a list as CSV, in the usual columns of banks' batch payments.

    What came back from the bank meanwhile is owed anew and not on it any more.
    """
    orders = orders_of(payout_list, standing=True)
    heads = (
        _("No."),
        _("Account number"),
        _("Account holder"),
        _("Bank and branch"),
        _("Amount"),
        _("Currency"),
        _("Purpose of payment"),
    )
    return csv_text([heads, *_csv_rows(orders)])


def _csv_rows(orders: Sequence[Transfer | Refund]) -> Iterator[Sequence[Cell]]:
    known = payees(orders)
    for number, order in enumerate(orders, start=1):
        payee = known[order.pk]
        purpose = f"{order.code} {bank_words.purpose(order)}"
        account = (payee.number, payee.holder, payee.bank)
        yield (number, *account, order.money, order.currency, purpose[:100])


def _payee(order: Transfer | Refund, came_from: dict[Any, Any]) -> Payee:
    if isinstance(order, Transfer):
        account = order.account
        return Payee(account.holder, account.bank, account.external_id)
    line = came_from.get(order.charge_id)
    name = line.counterparty if line else order.charge.payer.name
    return Payee(name, "", line.counterparty_account if line else "")

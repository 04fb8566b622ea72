"""What a collector expects at its bank in one currency, read once for all lines of a statement."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Count, Q

from brokers.payments import registry
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    BankReceipt,
    BankReturn,
    Charge,
    Order,
    Refund,
    Transfer,
)
from marketplace.accounts.models import Organisation
from marketplace.money import Money

BankOrder: TypeAlias = Transfer | Refund

_ORDERS = (
    "transfer__account__organisation",
    "transfer__account__user",
    "transfer__charge",
    "refund__charge__payer",
)
_SUBJECTS: dict[type[BankEntry], tuple[str, ...]] = {
    BankReceipt: ("charge__payer",),
    BankPayout: _ORDERS,
    BankReturn: _ORDERS,
}


@dataclass(frozen=True)
class Dues:
    """Charges and orders by their codes, and the entries that no line of a statement explains yet.

    `taken` are the charges and orders that have an entry already.
    """

    charges: dict[str, Charge]
    orders: dict[str, BankOrder]
    entries: dict[tuple[str, int], BankEntry]
    taken: set[Any]

    def expected(self, amount: Money) -> list[Charge]:
        """Return the open charges of exactly `amount` of which nothing was received."""
        return [
            charge
            for charge in self.charges.values()
            if charge.money == amount
            and charge.state == Charge.State.OPEN
            and charge.pk not in self.taken
        ]

    def payable(self, amount: Money) -> list[BankOrder]:
        """Return the orders of exactly `amount` that wait to be paid at the bank."""
        return [
            order for order in self.orders.values() if order.money == amount and self.waits(order)
        ]

    def waits(self, order: BankOrder) -> bool:
        """Whether `order` is still to be paid at the bank."""
        return order.state == Order.State.BY_HAND and order.pk not in self.taken

    def paid(self, amount: Money) -> list[BankOrder]:
        """Return the orders of exactly `amount` that were paid, and may come back."""
        return [
            order
            for order in self.orders.values()
            if order.money == amount and order.state == Order.State.PAID
        ]


def of(collector: Organisation, currency: str) -> Dues:
    """Return what `collector` expects at its bank in `currency`, in a constant number of queries."""
    by_hand = registry.by_hand()
    charges = Charge.objects.filter(collector=collector, currency=currency, gateway__in=by_hand)
    transfers = Transfer.objects.filter(
        payer=collector, currency=currency, account__gateway__in=by_hand
    )
    refunds = Refund.objects.filter(charge__in=charges)
    orders: list[BankOrder] = [
        *transfers.select_related("account__organisation", "account__user", "charge", "payer"),
        *refunds.select_related("charge__payer", "charge__collector"),
    ]
    standing, on_statement = _entries(collector, currency)
    return Dues(
        charges={c.code: c for c in charges.select_related("payer", "collector")},
        orders={order.code: order for order in orders},
        entries={
            (entry.bank_reference, _signed(entry)): entry
            for entry in standing
            if entry.pk not in on_statement
        },
        taken=_taken(standing),
    )


def _entries(collector: Organisation, currency: str) -> tuple[list[BankEntry], set[Any]]:
    """Return the entries that stand, and the ids of those that a line of a statement explains."""
    found: list[BankEntry] = []
    on_statement: set[Any] = set()
    for kind, subjects in _SUBJECTS.items():
        standing = kind._default_manager.filter(
            collector=collector, currency=currency, state__in=BankEntry.STANDING
        ).select_related(*subjects)
        lines = Count("clearings", filter=Q(clearings__withdrawn_at=None))
        for entry in standing.annotate(lines=lines):
            found.append(entry)
            if entry.lines:
                on_statement.add(entry.pk)
    return found, on_statement


def _taken(entries: list[BankEntry]) -> set[Any]:
    taken: defaultdict[type[BankEntry], set[Any]] = defaultdict(set)
    for entry in entries:
        subject = getattr(entry, "charge_id", None) or (
            getattr(entry, "transfer_id", None) or getattr(entry, "refund_id", None)
        )
        taken[type(entry)].add(subject)
    return taken[BankReceipt] | taken[BankPayout]


def _signed(entry: BankEntry) -> int:
    return -entry.amount if isinstance(entry, BankPayout) else entry.amount

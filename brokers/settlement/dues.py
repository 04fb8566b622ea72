"""What collectors can pay, payee by payee: owed, less what the payee has to give back in the deal.

Invariant: what a collector owes itself is not due, it has that money; what a complaint or a dispute with
the payer's bank holds is never part of what can be paid.
"""

import uuid
from dataclasses import dataclass

from brokers.settlement import ledger, owing
from brokers.settlement.chart import AccountKind, AccountName, Chart
from brokers.settlement.models import Book, SplitShare
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.owing import Part
from brokers.settlement.plan import PLATFORM, Payee, PayeeKind
from marketplace.money import Money

_OWING = (AccountKind.PAYABLE, AccountKind.PLATFORM, AccountKind.HELD)


@dataclass(frozen=True, slots=True)
class Due:
    """What a collector can pay a payee, once it is not `on_hold`; `recipient` gets the transfer.

    `amount` is the sum of its `parts`, the oldest payment first, less the `claims` that are set off
    against them. Beyond it complaints hold what is in `held`.
    """

    payee: Payee
    recipient: Payee
    collector_key: str
    amount: Money
    claims: Money
    on_hold: bool
    parts: tuple[Part, ...]
    held: tuple[Part, ...]


def of_deal(deal_reference: uuid.UUID, *, with_held: bool = False) -> list[Due]:
    """Return what is due in a deal; what complaints and disputes hold is listed `with_held`."""
    book = Book.objects.filter(deal_reference=deal_reference).first()
    if book is None:
        return []
    balances, parts = ledger.balances(book), owing.parts(book)
    if with_held:
        parts += owing.held_parts(book)
    owing_to = {
        (Chart(name.collector_key, name.currency), name.payee or PLATFORM): None
        for name, balance in balances.items()
        if balance and name.kind in _OWING
    }
    found = [_due(book, chart, payee, parts, balances) for chart, payee in owing_to]
    return [
        one
        for one in found
        if one.payee.key != one.collector_key
        and (one.amount or one.held)
        and (with_held or not one.on_hold)
    ]


def via(book: Book, payee: Payee) -> int | None:
    """Return the institution that passes on what `payee` is paid, as the newest plan says."""
    shares = SplitShare.objects.filter(plan__receipts__book=book, **payee_columns(payee))
    return shares.order_by("plan__version").values_list("via", flat=True).last()


def _due(
    book: Book,
    chart: Chart,
    payee: Payee,
    parts: list[Part],
    balances: dict[AccountName, int],
) -> Due:
    own = tuple(part for part in parts if part.account == chart.owed_to(payee))
    claims = balances.get(chart.owed_by(payee), 0)
    institution = via(book, payee)
    return Due(
        payee=payee,
        recipient=payee if institution is None else Payee(PayeeKind.ORGANISATION, institution),
        collector_key=chart.collector_key,
        amount=Money(max(0, sum(part.amount for part in own) - claims), chart.currency),
        claims=Money(claims, chart.currency),
        on_hold=bool(balances.get(chart[AccountKind.DISPUTE_HOLD], 0)),
        parts=own,
        held=tuple(part for part in parts if part.account == chart.owed_to(payee, held=True)),
    )

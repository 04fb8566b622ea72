"""What collectors can pay, payee by payee: owed, less what the payee has to give back in the deal.

Invariant: what a collector owes itself is not due, it has that money; what a complaint or a dispute with
the payer's bank holds is never part of what can be paid.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F

from brokers.settlement import ledger, owing
from brokers.settlement.chart import AccountKind, AccountName, Chart
from brokers.settlement.models import Book, SplitShare
from brokers.settlement.owing import Part
from brokers.settlement.plan import PLATFORM, Payee, PayeeKind
from marketplace.money import Money


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
    return of_deals([deal_reference], with_held=with_held)[deal_reference]


def of_deals(
    deal_references: Collection[uuid.UUID], *, with_held: bool = False
) -> Mapping[uuid.UUID, list[Due]]:
    """Return what is due `of_deal` each of these, in as many queries as for one."""
    balances = ledger.balances_of(deal_references)
    parts = owing.parts_of(deal_references, with_held=with_held)
    vias = _vias(deal_references)
    return {
        book: _of_book(balances[book], parts[book], vias[book], with_held=with_held)
        for book in deal_references
    }


def via(book: Book, payee: Payee) -> int | None:
    """Return the institution that passes on what `payee` is paid, as the newest plan says."""
    return _vias([book.pk])[book.pk].get(payee)


def _vias(books: Collection[uuid.UUID]) -> Mapping[uuid.UUID, dict[Payee, int | None]]:
    """Return for each of `books` the institution that passes on what a payee is paid, see `via`."""
    found: dict[uuid.UUID, dict[Payee, int | None]] = {book: {} for book in books}
    shares = SplitShare.objects.filter(plan__receipts__book__in=books)
    for share in shares.annotate(book=F("plan__receipts__book")).order_by("plan__version"):
        found[share.book][share.payee] = share.via_id
    return found


def _of_book(
    balances: Mapping[AccountName, int],
    parts: Sequence[Part],
    vias: Mapping[Payee, int | None],
    *,
    with_held: bool,
) -> list[Due]:
    owing_to = {
        (Chart(name.collector_key, name.currency), name.payee or PLATFORM): None
        for name, balance in balances.items()
        if balance and name.kind in owing.OWING
    }
    found = [_due(chart, payee, parts, balances, vias.get(payee)) for chart, payee in owing_to]
    return [
        one
        for one in found
        if one.payee.key != one.collector_key
        and (one.amount or one.held)
        and (with_held or not one.on_hold)
    ]


def _due(
    chart: Chart,
    payee: Payee,
    parts: Sequence[Part],
    balances: Mapping[AccountName, int],
    institution: int | None,
) -> Due:
    own = tuple(part for part in parts if part.account == chart.owed_to(payee))
    claims = balances.get(chart.owed_by(payee), 0)
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

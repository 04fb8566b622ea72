"""Where the rows of payments and the rows of the books do not say the same, collector by collector.

Invariant: each kind of difference is one query over all rows; what has not been handled yet shows too.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokers.payments.models import Charge, Refund, Transfer
from brokers.settlement.models import LedgerTransaction, Payout, Receipt
from brokers.settlement.plan import Payee
from marketplace.money import Money

MOST = 100


@dataclass(frozen=True)
class RowDifference:
    """A row of payments or of the books that the other side lacks or has otherwise."""

    what: Promise
    reference: str
    amount: Money


def differing_rows(collector_key: str, currency: str) -> list[RowDifference]:
    """Return the rows that differ, at most `MOST` of a kind, for one collector and currency."""
    return [
        RowDifference(what, _name(row), Money(row.amount_shown, currency))
        for what, rows in _kinds(collector_key, currency)
        for row in rows[:MOST]
    ]


def _kinds(collector_key: str, currency: str) -> Iterator[tuple[Promise, QuerySet[Any]]]:
    payee = Payee.parse(collector_key)
    number = payee.id or None
    charges = Charge.objects.filter(collector=number, currency=currency, state=Charge.State.PAID)
    receipts = Receipt.objects.filter(collector_key=collector_key, currency=currency)
    transfers = Transfer.objects.filter(payer=number, currency=currency)
    payouts = Payout.objects.filter(collector_key=collector_key, currency=currency)
    shown = {"amount_shown": F("amount")}
    yield (
        _("paid, but not in the books"),
        charges.exclude(pk__in=receipts.values("pk")).annotate(**shown),
    )
    yield (
        _("in the books, but not paid"),
        receipts.exclude(pk__in=charges.values("pk")).annotate(amount_shown=F("gross_amount")),
    )
    other = Charge.objects.filter(pk=OuterRef("pk")).exclude(amount=OuterRef("gross_amount"))
    yield (
        _("paid with another amount than in the books"),
        receipts.filter(Exists(other)).annotate(amount_shown=F("gross_amount")),
    )
    settled = payouts.filter(state=Payout.State.SETTLED)
    yield (
        _("paid out, but not closed in the books"),
        transfers.filter(state=Transfer.State.PAID)
        .exclude(reference__in=settled.values("pk"))
        .annotate(**shown),
    )
    paid = transfers.filter(state=Transfer.State.PAID)
    yield (
        _("closed in the books, but not paid out"),
        settled.exclude(pk__in=paid.values("reference")).annotate(**shown),
    )
    yield (
        _("reserved in the books, but nothing was ordered"),
        payouts.filter(state=Payout.State.RESERVED)
        .exclude(pk__in=transfers.values("reference"))
        .annotate(**shown),
    )
    yield _("refunded, but not closed in the books"), _unbooked_refunds(number, currency)


def _unbooked_refunds(collector: int | None, currency: str) -> QuerySet[Any]:
    refunds = Refund.objects.filter(
        charge__collector=collector, currency=currency, state=Refund.State.PAID
    )
    made = LedgerTransaction.objects.filter(kind=LedgerTransaction.Kind.REFUND_MADE)
    booked = {
        uuid.UUID(source.split(":")[1])
        for source in made.filter(payment_reference__in=refunds.values("charge")).values_list(
            "source", flat=True
        )
    }
    return refunds.exclude(pk__in=booked).annotate(amount_shown=F("amount"))


def _name(row: Any) -> str:
    return getattr(row, "code", "") or str(row.pk)

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
    number = Payee.parse(collector_key).id or None
    yield from _of_payments(number, collector_key, currency)
    yield from _of_payouts(number, collector_key, currency)
    yield _("refunded, but not closed in the books"), _unbooked_refunds(number, currency)


def _of_payments(
    number: int | None, collector_key: str, currency: str
) -> Iterator[tuple[Promise, QuerySet[Any]]]:
    charges = Charge.objects.filter(collector=number, currency=currency, state=Charge.State.PAID)
    receipts = Receipt.objects.filter(collector_key=collector_key, currency=currency)
    booked = receipts.annotate(amount_shown=F("gross_amount"))
    unbooked = charges.exclude(pk__in=receipts.values("pk"))
    yield _("paid, but not in the books"), unbooked.annotate(amount_shown=F("amount"))
    yield _("in the books, but not paid"), booked.exclude(pk__in=charges.values("pk"))
    other = Charge.objects.filter(pk=OuterRef("pk")).exclude(amount=OuterRef("gross_amount"))
    yield _("paid with another amount than in the books"), booked.filter(Exists(other))


def _of_payouts(
    number: int | None, collector_key: str, currency: str
) -> Iterator[tuple[Promise, QuerySet[Any]]]:
    shown = F("amount")
    transfers = Transfer.objects.filter(payer=number, currency=currency)
    ordered, paid = transfers.values("reference"), transfers.filter(state=Transfer.State.PAID)
    payouts = Payout.objects.filter(collector_key=collector_key, currency=currency)
    payouts = payouts.annotate(amount_shown=shown)
    settled = payouts.filter(state=Payout.State.SETTLED)
    open_ = paid.exclude(reference__in=settled.values("pk")).annotate(amount_shown=shown)
    yield _("paid out, but not closed in the books"), open_
    unpaid = settled.exclude(pk__in=paid.values("reference"))
    yield _("closed in the books, but not paid out"), unpaid
    reserved = payouts.filter(state=Payout.State.RESERVED)
    yield _("reserved in the books, but nothing was ordered"), reserved.exclude(pk__in=ordered)


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

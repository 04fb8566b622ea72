"""What enterprises paid in each month, from the ledger.

Invariant: everybody reads the amount of a month only where at least `FEWEST` enterprises paid, the
minimum frequency rule of statistical offices (Hundepool et al., Handbook on Statistical Disclosure
Control, ESSnet 2010, section 4.2), and no sum that an amount left out could be told from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from brokers.deals.figures import period
from brokers.deals.models import Deal
from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Entry, LedgerTransaction
from marketplace.money import Money

FEWEST = 3


@dataclass(frozen=True)
class Month:
    """What was paid in the month that begins with `first`, and by how many enterprises."""

    first: date
    paid: Money
    payers: int

    @property
    def is_public(self) -> bool:
        return self.payers == 0 or self.payers >= FEWEST


def turnover() -> dict[str, list[Month]]:
    """Return the last months by currency, those in which nothing was paid too."""
    enterprise = Deal.objects.filter(pk=OuterRef("account__book")).values("need__organisation")
    rows = (
        _received()
        .filter(transaction__posted_at__gte=period.since())
        .annotate(
            month=TruncMonth("transaction__posted_at", tzinfo=period.ZONE),
            payer=Subquery(enterprise),
        )
        .values("currency", "month")
        .annotate(total=Sum("amount"), payers=Count("payer", distinct=True))
        .order_by("currency")
    )
    found = {(row["currency"], row["month"].date()): (row["total"], row["payers"]) for row in rows}
    currencies = dict.fromkeys(currency for currency, _month in found)
    return {one: list(_months(one, found)) for one in currencies}


def payments(month: date, currency: str) -> QuerySet[Entry]:
    """Return the ledger's rows that the amount of a month counts, the oldest first."""
    rows = _received().filter(
        currency=currency,
        transaction__posted_at__gte=period.begin(month),
        transaction__posted_at__lt=period.end(month),
    )
    return rows.select_related("transaction", "account")


def _received() -> QuerySet[Entry]:
    """Return what stands to the credit of payers the moment that they have paid, fees not taken off."""
    return Entry.objects.filter(
        transaction__kind=LedgerTransaction.Kind.RECEIPT, account__kind=AccountKind.ADVANCE
    ).order_by("transaction__posted_at", "pk")


def _months(currency: str, found: dict[tuple[str, date], tuple[int, int]]) -> Iterator[Month]:
    for first in period.months():
        total, payers = found.get((currency, first), (0, 0))
        yield Month(first, Money(-total, currency), payers)

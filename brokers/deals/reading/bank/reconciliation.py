"""The books against what gateways and banks say, collector by collector, one currency at a time.

Invariant: the figures of the books are those of `settlement.proofs`; a difference of zero means that
`ledger_check` finds none either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce

from brokers.deals import plan_words
from brokers.deals.reading.bank.accounts import collector_accounts
from brokers.deals.reading.treasury import kept_keys
from brokers.payments.balances import collector_balances
from brokers.payments.gateway import GatewayError
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    BankReceipt,
    BankReturn,
    PayoutAccount,
    StatementLine,
)
from brokers.payments.statements import clearing
from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Entry
from brokers.settlement.plan import Payee
from brokers.settlement.proofs import CashStanding, cash_standings, no_cash
from marketplace.money import Money


@dataclass(frozen=True)
class Row:
    """A collector in a currency: what the books say, what is held, and how far that is off.

    `held` is None where a gateway did not answer. `open_lines` are on a bank statement and nobody has
    cleared them; `missing` entries are in the books and on no statement of their days.
    """

    payee: Payee
    name: str
    standing: CashStanding
    held: Money | None
    open_lines: int
    missing: int

    @property
    def difference(self) -> Money | None:
        return None if self.held is None else self.standing.difference(self.held)

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left to look at."""
        return not (self.difference is None or self.difference or self.open_lines or self.missing)


def rows(user: Any) -> list[Row]:
    """Return every collector whose books `user` keeps, in every currency of its books."""
    standings, held = cash_standings(), _held()
    keys = kept_keys(user)
    wanted = [
        key
        for key in sorted(standings.keys() | (held or {}).keys())
        if keys is None or key[0] in keys
    ]
    names = plan_words.payee_names({Payee.parse(collector) for collector, _currency in wanted})
    return [_row(key, standings, held, names, user) for key in wanted]


def _held() -> dict[tuple[str, str], int] | None:
    try:
        return collector_balances()
    except GatewayError:
        return None


def _row(
    key: tuple[str, str],
    standings: Mapping[tuple[str, str], CashStanding],
    held: Mapping[tuple[str, str], int] | None,
    names: Mapping[Payee, str],
    user: Any,
) -> Row:
    collector, currency = key
    payee = Payee.parse(collector)
    return Row(
        payee,
        names[payee],
        standings.get(key) or no_cash(*key),
        None if held is None else Money(held.get(key, 0), currency),
        len(open_lines(payee, currency, user)),
        len(missing_entries(payee, currency, user)),
    )


def open_lines(payee: Payee, currency: str, user: Any) -> list[StatementLine]:
    """Return the lines of bank statements of which something is left to be cleared."""
    own = StatementLine.objects.filter(account__in=_accounts(payee, user), currency=currency)
    lines = clearing.with_left(own).select_related("statement").order_by("booked_on", "pk")
    return [line for line in lines if clearing.left(line)]


def missing_entries(payee: Payee, currency: str, user: Any) -> list[BankEntry]:
    """Return the confirmed entries of days that a statement covers, and that stand on none."""
    lines = StatementLine.objects.filter(account__in=_accounts(payee, user), currency=currency)
    days = lines.aggregate(first=Min("booked_on"), last=Max("booked_on"))
    if days["first"] is None:
        return []
    found: list[BankEntry] = []
    for kind in (BankReceipt, BankPayout, BankReturn):
        entries: QuerySet[Any] = kind._default_manager.filter(
            collector=payee.id,
            currency=currency,
            state=BankEntry.State.CONFIRMED,
            booked_on__range=(days["first"], days["last"]),
        )
        if kind is BankReturn:
            entries = entries.filter(came_back=True)
        cleared = Q(clearings__isnull=False, clearings__withdrawn_at=None)
        found += entries.exclude(pk__in=entries.filter(cleared).values("pk"))
    return sorted(found, key=lambda entry: entry.booked_on)


def cash_book(
    payee_key: str, currency: str, *, since: date | None = None, until: date | None = None
) -> QuerySet[Entry]:
    """Return the cash entries of a collector in a currency, oldest first, each with its `balance`.

    The balance counts what was before `since` too.
    """
    entries = Entry.objects.filter(
        account__kind=AccountKind.CASH, account__collector_key=payee_key, currency=currency
    )
    order = ["transaction__posted_at", "pk"]
    opening = 0
    if since is not None:
        before = entries.filter(transaction__posted_at__date__lt=since)
        opening = before.aggregate(total=Sum("amount"))["total"] or 0
        entries = entries.filter(transaction__posted_at__date__gte=since)
    if until is not None:
        entries = entries.filter(transaction__posted_at__date__lte=until)
    running = Coalesce(Window(Sum("amount"), order_by=order), 0) + opening
    return (
        entries.annotate(balance=running).select_related("transaction", "account").order_by(*order)
    )


def _accounts(payee: Payee, user: Any) -> QuerySet[PayoutAccount]:
    return collector_accounts(user).filter(organisation=payee.id)

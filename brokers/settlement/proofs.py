"""Proofs over the whole ledger, by set-based SQL: what must hold, and where it does not.

Invariant: nothing is trusted that could be counted again; each query goes over all books, so a million
rows take a few scans and not a million lookups. What it finds begins with the number of its message.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import SHA256
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokers.settlement import triggers
from brokers.settlement.chart import SIDES, AccountKind, Side
from brokers.settlement.models import SplitPlan
from marketplace.money import Money


def _kinds(side: Side) -> str:
    return ", ".join(f"'{kind.value}'" for kind, stands in SIDES.items() if stands is side)


Proof = tuple[tuple[Promise, ...], str]
_HASHED = {
    "postgresql": (
        ", SUM(hashtextextended(line, -amount)) AS posted",
        ", SUM(hashtextextended(key, amount)) FILTER (WHERE amount <> 0) AS said",
        ", l.said + hashtextextended('gross', -r.gross_amount) AS said",
        "s.posted IS DISTINCT FROM x.said",
    ),
    "sqlite": ("", "", "", "TRUE"),
}
"""What a settlement says against what its transaction posted: PostgreSQL adds up 64-bit hashes of line
and amount while it sums both, and only the lines of those that differ are joined one by one."""


def proofs(vendor: str) -> tuple[Proof, ...]:
    """Return messages and query of each proof for a kind of database."""
    return ((_OF_TRANSACTIONS, _transactions(vendor)), *_PROOFS)


_OF_TRANSACTIONS = (
    _("transaction does not balance in one currency: %s (off by %s)"),
    _("transaction without entries: %s"),
    _("settlement is not gross = deductions + shares: payment %s (%s, %s)"),
    _("ledger rows differ from the settlement: payment %s, line %s (%s)"),
)


def _transactions(vendor: str) -> str:
    """Return the query that sums entries and allocations once each, for four proofs."""
    posted, said, with_gross, differs = _HASHED[vendor]
    currency = "hashtext(currency)" if vendor == "postgresql" else "currency"
    return (
        "WITH w AS MATERIALIZED (SELECT t.id, t.source, s.total, s.low <> s.high AS is_mixed,"  # noqa: S608
        " s.transaction_id IS NULL AS is_empty, x.settlement_id, x.receipt_id, x.gross_amount,"
        " x.total AS split, x.is_off FROM settlement_ledgertransaction t"
        " LEFT JOIN (SELECT transaction_id, SUM(amount) AS total,"
        f" MIN({currency}) AS low, MAX({currency}) AS high{posted}"
        " FROM settlement_entry GROUP BY transaction_id) s ON s.transaction_id = t.id"
        " LEFT JOIN (SELECT o.transaction_id, o.receipt_id, r.gross_amount, l.settlement_id, l.total,"
        f" l.total <> r.gross_amount OR l.net <> o.net_amount AS is_off{with_gross}"
        " FROM (SELECT settlement_id, SUM(amount) AS total,"
        f" SUM(CASE WHEN kind = 'share' THEN amount ELSE 0 END) AS net{said}"
        " FROM settlement_allocation GROUP BY settlement_id) l"
        " JOIN settlement_settlement o ON o.id = l.settlement_id"
        " JOIN settlement_receipt r ON r.payment_reference = o.receipt_id"
        ") x ON x.transaction_id = t.id"
        " WHERE s.transaction_id IS NULL OR s.total <> 0 OR s.low <> s.high"
        f" OR (x.settlement_id IS NOT NULL AND (x.is_off OR {differs})))"
        " SELECT 0, source, CAST(total AS text), NULL FROM w WHERE total <> 0 OR is_mixed"
        " UNION ALL SELECT 1, source, NULL, NULL FROM w WHERE is_empty"
        " UNION ALL SELECT 2, CAST(receipt_id AS text), CAST(gross_amount AS text),"
        " CAST(split AS text) FROM w WHERE is_off"
        " UNION ALL SELECT 3, CAST(w.receipt_id AS text), a.key, CAST(a.amount AS text)"
        " FROM w JOIN settlement_allocation a ON a.settlement_id = w.settlement_id"
        " WHERE a.amount <> 0 AND NOT EXISTS (SELECT 1 FROM settlement_entry e"
        " WHERE e.transaction_id = w.id AND e.line = a.key AND e.amount = -a.amount)"
    )


_PROOFS: tuple[Proof, ...] = (
    (
        (_("account is on the wrong side or in two currencies: %s, deal %s (%s)"),),
        "SELECT 0, a.code, a.book_id, s.total FROM (SELECT account_id, currency,"  # noqa: S608
        " SUM(amount) AS total FROM settlement_entry GROUP BY account_id, currency) s"
        " JOIN settlement_account a ON a.id = s.account_id"
        f" WHERE (s.total < 0 AND a.kind IN ({_kinds(Side.DEBIT)}))"
        f" OR (s.total > 0 AND a.kind IN ({_kinds(Side.CREDIT)})) OR s.currency <> a.currency",
    ),
    (
        (_("more refunded than received: payment %s (%s of %s)"),),
        "SELECT 0, r.payment_reference, s.total, r.gross_amount FROM (SELECT receipt_id,"
        " SUM(amount) AS total FROM settlement_refund GROUP BY receipt_id) s"
        " JOIN settlement_receipt r ON r.payment_reference = s.receipt_id"
        " WHERE s.total > r.gross_amount OR s.total < 0",
    ),
    (
        (_("refunds were not taken back from the settled lines: payment %s (%s of %s)"),),
        "SELECT 0, f.receipt_id, SUM(COALESCE(s.total, 0)), SUM(f.amount) FROM settlement_refund f"
        " JOIN settlement_settlement t ON t.receipt_id = f.receipt_id"
        " LEFT JOIN (SELECT refund_id, SUM(amount) AS total FROM settlement_reversal"
        " GROUP BY refund_id) s ON s.refund_id = f.refund_reference"
        " GROUP BY f.receipt_id HAVING SUM(COALESCE(s.total, 0)) <> SUM(f.amount)",
    ),
    (
        (_("more taken back than was given: payment %s, line %s (%s of %s)"),),
        "SELECT 0, t.receipt_id, l.key, s.total, l.amount FROM (SELECT allocation_id,"
        " SUM(amount) AS total FROM settlement_reversal GROUP BY allocation_id) s"
        " JOIN settlement_allocation l ON l.id = s.allocation_id"
        " JOIN settlement_settlement t ON t.id = l.settlement_id"
        " WHERE s.total > l.amount OR s.total < 0",
    ),
    (
        (_("held without a complaint: payment %s (%s)"),),
        "SELECT 0, t.payment_reference, -SUM(e.amount) FROM settlement_account a"
        " JOIN settlement_entry e ON e.account_id = a.id"
        " JOIN settlement_ledgertransaction t ON t.id = e.transaction_id"
        " WHERE a.kind = 'held' AND NOT EXISTS (SELECT 1 FROM settlement_hold h"
        " WHERE h.book_id = a.book_id AND h.released_at IS NULL"
        " AND (h.receipt_id IS NULL OR h.receipt_id = t.payment_reference))"
        " GROUP BY t.payment_reference HAVING SUM(e.amount) <> 0",
    ),
    (
        (_("payouts on their way differ from the ledger: %s, %s, deal %s (%s, %s)"),),
        "SELECT 0, collector_key, currency, book_id, SUM(reserved), SUM(posted) FROM ("
        " SELECT collector_key, currency, book_id, amount AS reserved, 0 AS posted"
        " FROM settlement_payout WHERE state = 'reserved' UNION ALL"
        " SELECT a.collector_key, a.currency, a.book_id, 0, -e.amount FROM settlement_account a"
        " JOIN settlement_entry e ON e.account_id = a.id WHERE a.kind = 'in_flight') x"
        " GROUP BY collector_key, currency, book_id HAVING SUM(reserved) <> SUM(posted)",
    ),
)
_CASH = (
    "SELECT a.collector_key, a.currency, a.kind, SUM(e.amount) FROM settlement_account a"
    " JOIN settlement_entry e ON e.account_id = a.id"
    " WHERE a.kind IN ('cash', 'in_flight', 'refund_due')"
    " GROUP BY a.collector_key, a.currency, a.kind"
)


def differences() -> Iterator[str]:
    """Yield everything that is wrong within the books, as lines for people."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '64MB'")  # sums in memory, not in files
            cursor.execute("SET LOCAL jit = off")  # compiling takes longer than what it saves
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # so does starting them
        for messages, query in proofs(connection.vendor):
            cursor.execute(query)
            for number, *row in cursor.fetchall():
                message = str(messages[number])
                yield message % tuple(row[: message.count("%s")])
    plans = SplitPlan.objects.annotate(now=_Sha256("text")).exclude(now=F("digest"))
    for deal, version in plans.values_list("deal_reference", "version"):
        yield str(_("the text of a plan was changed: deal %s, version %s")) % (deal, version)
    for name in sorted(triggers.expected(connection) - triggers.present(connection)):
        yield str(_("trigger is missing: %s")) % name


class _Sha256(SHA256):
    """PostgreSQL can do it without the extension that Django asks for."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
        return super(SHA256, self).as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True)
class CashStanding:
    """What a collector should hold in a currency: `here` by the books, `way` of it may have left."""

    collector_key: str
    currency: str
    here: Money
    way: Money

    def difference(self, there: Money) -> Money:
        """Return how far what is really held is off, zero while only what is on its way is."""
        if there > self.here:
            return there - self.here
        return min(there - (self.here + self.way), Money.zero(self.currency))


def cash_standings() -> dict[tuple[str, str], CashStanding]:
    """Return what the books say of every collector and currency."""
    cash, way = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    with connection.cursor() as cursor:
        cursor.execute(_CASH)
        for collector, currency, kind, balance in cursor.fetchall():
            held_here = cash if kind == AccountKind.CASH else way
            held_here[collector, currency] += int(balance)
    return {
        key: CashStanding(*key, Money(cash[key], key[1]), Money(way[key], key[1]))
        for key in sorted(cash.keys() | way.keys())
    }


def no_cash(collector_key: str, currency: str) -> CashStanding:
    """Return the standing of a collector of whom the books say nothing."""
    nothing = Money.zero(currency)
    return CashStanding(collector_key, currency, nothing, nothing)


def cash_differences(held: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Yield where the ledger's cash is not what the collectors hold.

    `held` is what gateways and banks say they hold, in minor units by collector key and currency.
    What is on its way, payouts and refunds, may have left them already or not.
    """
    standings = cash_standings()
    for key in sorted(standings.keys() | held.keys()):
        standing = standings.get(key) or no_cash(*key)
        there = Money(held.get(key, 0), key[1])
        if standing.difference(there):
            yield str(_("%s holds %s, the ledger says %s with %s on its way")) % (
                key[0],
                there,
                standing.here,
                -standing.way,
            )

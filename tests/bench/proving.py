"""How long `ledger_check` takes over a million rows, beside a bare count of them with group by.

`python -m tests.servers postgres -- python -m tests.bench.proving`: the books of one deal are
copied by SQL until there are a million entries.
"""

import os
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402

from brokers.settlement.models import (  # noqa: E402
    Account,
    Allocation,
    Book,
    Entry,
    LedgerTransaction,
    Receipt,
    Settlement,
    SplitPlan,
)
from brokers.settlement.proofs import differences  # noqa: E402
from tests.settlement.books import make_deal  # noqa: E402

ENTRIES = 1_000_000
PAYMENTS = 8
RUNS = 3
COUNT = "SELECT account_id, COUNT(*), SUM(amount) FROM settlement_entry GROUP BY account_id"


def main() -> None:
    call_command("migrate", verbosity=0)
    deal = make_deal()
    for _payment in range(PAYMENTS):
        deal.settle(deal.receive())
    _copy(-(-ENTRIES // Entry.objects.count()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{Entry.objects.count():,} entries, {LedgerTransaction.objects.count():,} transactions")
    bare, proved = _best(_count, _prove)
    print(
        f"bare count   {bare:>7.2f} s\nledger_check {proved:>7.2f} s\nratio        {proved / bare:>7.1f}"
    )


def _copy(times: int) -> None:
    """Insert the rows of the only deal `times` more, each with numbers of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
        )  # what follows is proved below
        cursor.execute(
            "CREATE TEMPORARY TABLE copies AS SELECT generate_series(1, %s) n", [times - 1]
        )
        number, own, its = _number("id"), _key("id"), _key("transaction_id")
        book, payment = _key("book_id"), _key("payment_reference")
        for model, changed in (
            (Book, {"deal_reference": _key("deal_reference")}),
            (SplitPlan, {"id": number, "deal_reference": _key("deal_reference")}),
            (Account, {"id": number, "book_id": book}),
            (
                Receipt,
                {
                    "payment_reference": payment,
                    "book_id": book,
                    "plan_id": _number("plan_id"),
                },
            ),
            (
                Entry,
                {"id": number, "transaction_id": its, "account_id": _number("account_id")},
            ),
            (
                LedgerTransaction,
                {
                    "id": own,
                    "book_id": book,
                    "source": "o.source || m.n",
                    "payment_reference": payment,
                },
            ),
            (Settlement, {"id": number, "receipt_id": _key("receipt_id"), "transaction_id": its}),
            (Allocation, {"id": number, "settlement_id": _number("settlement_id")}),
        ):
            cursor.execute(_statement(model, changed))


def _number(column: str) -> str:
    return f"o.{column} + m.n * 1000"


def _key(column: str) -> str:
    return f"md5(o.{column}::text || m.n)::uuid"


def _statement(model: type[models.Model], changed: dict[str, str]) -> str:
    columns = [field.column for field in model._meta.concrete_fields]
    values = [changed.get(column, f'o."{column}"') for column in columns]
    named = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({named}) SELECT {', '.join(values)} FROM {table} o, copies m"  # noqa: S608


def _count() -> None:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        cursor.fetchall()


def _prove() -> None:
    found = list(differences())
    if found:
        raise RuntimeError(found[:3])


def _best(*works: Callable[[], None]) -> list[float]:
    """Return the seconds of the fastest of `RUNS` of each of `works`, made in turn."""
    times = [[_seconds(work) for work in works] for _run in range(RUNS)]
    return [min(of_one) for of_one in zip(*times, strict=True)]


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

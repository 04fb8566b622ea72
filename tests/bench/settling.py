"""How fast milestones are settled, beside the bare inserts of the same rows.

`python -m tests.servers postgres -- python -m tests.bench.settling`: eight workers, each with a
connection of its own, settle payments (lock, net income, six shares, ledger, outbox), and in turn
insert what a settlement writes with the same bulk inserts in the same transactions.
"""

import multiprocessing
import os
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from brokers.settlement.models import (  # noqa: E402
    Account,
    Allocation,
    Entry,
    LedgerTransaction,
    Receipt,
    Settlement,
)
from brokers.settlement.plan import PLATFORM  # noqa: E402
from marketplace.outbox.effects import enqueue  # noqa: E402
from tests.settlement.books import Deal, make_deal  # noqa: E402
from tests.settlement.plans import flat, with_platform_share  # noqa: E402

WORKERS = 8
ROUNDS = 4
EACH = 20
KIND = "deals.pay_out"
Paid = tuple[Deal, uuid.UUID]


def main() -> None:
    call_command("migrate", verbosity=0)
    plan = with_platform_share(flat(6_000, 2_500, 1_000), 500)
    first = make_deal(template=plan, loss_bearer=PLATFORM)
    sample = _paid(first)
    settle(sample)
    rows = Rows(sample)
    took: dict[str, float] = {"settled": 0.0, "inserted": 0.0}
    for _round in range(ROUNDS):
        for name, work in (("settled", settle), ("inserted", rows.insert)):
            deals = [
                make_deal(template=plan, loss_bearer=PLATFORM, reuse=first)
                for _ in range(WORKERS * EACH)
            ]
            paid = [_paid(deal) for deal in deals]
            rows.look_up()
            took[name] += _at_once(work, paid)
    number = ROUNDS * WORKERS * EACH
    rates = {name: number / seconds for name, seconds in took.items()}
    for name, rate in rates.items():
        print(f"{name:<10}{rate:>8.0f} a second")
    print(f"{'ratio':<10}{rates['settled'] / rates['inserted']:>8.2f}")


def _paid(deal: Deal) -> Paid:
    return deal, deal.receive()


def settle(paid: Paid) -> None:
    deal, payment = paid
    with transaction.atomic():
        deal.settle(payment)
        enqueue(KIND, {"deal": str(deal.reference)})


class Rows:
    """What one settlement wrote, to be inserted for other payments."""

    def __init__(self, paid: Paid) -> None:
        self.settlement = Settlement.objects.get(receipt=paid[1])
        self.transaction = self.settlement.transaction
        self.entries = list(self.transaction.entries.all())
        self.allocations = list(self.settlement.allocations.all())
        accounts = Account.objects.filter(book=paid[0].reference)
        before = accounts.filter(entries__transaction__kind="receipt").distinct()
        self.known = {row.pk: row.code for row in before}
        self.opened = list(accounts.exclude(pk__in=self.known))
        self.numbers: dict[tuple[uuid.UUID, str], int] = {}

    def look_up(self) -> None:
        """Learn the numbers of the accounts that there are, so that `insert` only inserts."""
        self.numbers = {(row.book_id, row.code): row.pk for row in Account.objects.all()}

    def insert(self, paid: Paid) -> None:
        deal, payment = paid
        with transaction.atomic():
            accounts = {pk: self.numbers[deal.reference, code] for pk, code in self.known.items()}
            opened = Account.objects.bulk_create(
                _copy(row, book_id=deal.reference) for row in self.opened
            )
            accounts |= {row.pk: new.pk for row, new in zip(self.opened, opened, strict=True)}
            posted = uuid.uuid4()
            Entry.objects.bulk_create(
                _copy(row, transaction_id=posted, account_id=accounts[row.account_id])
                for row in self.entries
            )
            LedgerTransaction.objects.bulk_create(
                [
                    _copy(
                        self.transaction,
                        id=posted,
                        book_id=deal.reference,
                        source=f"settlement:{payment}",
                        payment_reference=payment,
                    )
                ]
            )
            (settlement,) = Settlement.objects.bulk_create(
                [_copy(self.settlement, receipt_id=payment, transaction_id=posted)]
            )
            Allocation.objects.bulk_create(
                _copy(row, settlement_id=settlement.pk) for row in self.allocations
            )
            enqueue(KIND, {"deal": str(deal.reference)})


def _copy(row: Any, **changes: Any) -> Any:
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    if "id" in fields and "id" not in changes:
        del fields["id"]
    return type(row)(**{**fields, **changes})


def _at_once(work: Callable[[Paid], None], paid: Sequence[Paid]) -> float:
    """Return the seconds that all workers take together, from the moment when all are ready."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(WORKERS + 1), context.Barrier(WORKERS + 1)

    def run(part: Sequence[Paid]) -> None:
        Receipt.objects.first()
        ready.wait()
        for one in part:
            work(one)
        done.wait()

    workers = [context.Process(target=run, args=(paid[n::WORKERS],)) for n in range(WORKERS)]
    for worker in workers:
        worker.start()
    ready.wait()
    started = time.perf_counter()
    done.wait()
    took = time.perf_counter() - started
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise RuntimeError("a worker failed")
    return took


if __name__ == "__main__":
    main()

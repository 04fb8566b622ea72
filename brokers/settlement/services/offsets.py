"""What a payee has to give back: set off against its next payout, or paid back.

Invariant: only what the same collector holds in the same currency is set off, and nothing that a
complaint holds; claims of the same deal come first. Between deals the collector's cash moves with the
claim, so the books of each deal balance by themselves.
"""

import uuid
from collections.abc import Mapping

from django.db import transaction

from brokers.settlement import ledger, owing
from brokers.settlement.chart import AccountKind, Chart
from brokers.settlement.errors import ReferenceConflictError, SettlementError
from brokers.settlement.ledger import Posting
from brokers.settlement.models import Account, Book, LedgerTransaction
from brokers.settlement.plan import Payee
from brokers.settlement.services import receipts, reversals
from marketplace.money import Money


def books_with_claims(chart: Chart, payee: Payee) -> list[uuid.UUID]:
    """Return the deals in which `payee` may have to give something back to this collector."""
    accounts = Account.objects.filter(code=chart.owed_by(payee).code)
    return list(accounts.values_list("book_id", flat=True))


def set_off(
    *,
    books: Mapping[uuid.UUID, Book],
    book: Book,
    chart: Chart,
    payee: Payee,
    limit: int,
    occasion: str,
    payment_reference: uuid.UUID,
) -> int:
    """Set claims of the locked `books` off against up to `limit` of a payment that is owed in `book`.

    `occasion` names what gave reason to it, once. Returns what is left of `limit`, in minor units.
    """
    line = f"offset/{payee.key}"
    owed_to, owed_by, cash = chart.owed_to(payee), chart.owed_by(payee), chart[AccountKind.CASH]
    others = [books[key] for key in sorted(books) if key != book.pk]
    for other in [book, *others]:
        amount = min(limit, ledger.balances(other).get(owed_by, 0))
        if not amount:
            continue
        limit -= amount
        paid = Posting(owed_to, amount, line)
        claimed = Posting(owed_by, -amount, line)
        source = f"offset:{occasion}:{other.pk}"
        if other == book:
            _post(book, source, payment_reference, paid, claimed)
        else:
            out = Posting(cash, -amount, line)
            _post(book, f"{source}:out", payment_reference, paid, out)
            _post(other, f"{source}:in", None, Posting(cash, amount, line), claimed)
    return limit


@transaction.atomic
def recover(
    *,
    recovery_reference: uuid.UUID,
    payment_reference: uuid.UUID,
    payee: Payee,
    amount: Money,
) -> LedgerTransaction:
    """Record that `payee` gave `amount` of a payment back: it paid, or a transfer was reversed.

    What is above the claim, which may have been set off meanwhile, is owed to the payee again.
    Recording the same again returns it. Raises `SettlementError` for an unknown payment and an
    amount that is not above zero, and `ReferenceConflictError`.
    """
    receipt, book = receipts.locked(payment_reference)
    chart = Chart(receipt.collector_key, amount.currency)
    source, line = f"recovery:{recovery_reference}", f"recovery/{payee.key}"
    if amount.amount <= 0:
        raise SettlementError("amount")
    cash = Posting(chart[AccountKind.CASH], amount.amount, line)
    if existing := LedgerTransaction.objects.filter(source=source).first():
        known = existing.entries.filter(account__kind=AccountKind.CASH, amount=cash.amount)
        if not known.filter(account__code=cash.account.code, line=line).exists():
            raise ReferenceConflictError(source)
        return existing
    balances, held = ledger.balances(book), owing.is_held(receipt)
    back = reversals.give_back(chart, payee, amount.amount, line, balances, held=held)
    return ledger.post(
        book=book,
        source=source,
        kind=LedgerTransaction.Kind.RECOVERY,
        payment_reference=receipt.pk,
        postings=[cash, *back],
    )


def _post(book: Book, source: str, payment: uuid.UUID | None, *postings: Posting) -> None:
    ledger.post(
        book=book,
        source=source,
        kind=LedgerTransaction.Kind.OFFSET,
        payment_reference=payment,
        postings=postings,
    )

"""The only writer of ledger rows.

Invariant: what is posted balances in one currency, each source is posted once, and no account ends
on the wrong side. The caller holds the lock of the book (`locked`), so that balances it has read
are still true when it posts.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from brokers.settlement.chart import SIDES, AccountName
from brokers.settlement.errors import ReferenceConflictError
from brokers.settlement.models import Account, Book, Entry, LedgerTransaction
from brokers.settlement.models.payees import payee_columns


class UnbalancedError(ValueError):
    """The postings are empty, do not sum to zero, or are in more than one currency."""


class WrongSideError(ValueError):
    """An account would end on the side where its kind must not be."""


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` minor units onto an account, debit positive; `line` names the waterfall's bar."""

    account: AccountName
    amount: int
    line: str = ""


def locked(*deal_references: uuid.UUID) -> dict[uuid.UUID, Book]:
    """Lock the books of these deals until the transaction ends, opening those that are missing.

    Locks are taken in one order, so two callers never wait for each other.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("books are locked within a transaction")
    return {reference: _locked(reference) for reference in sorted(set(deal_references))}


def post(
    *,
    book: Book,
    source: str,
    kind: LedgerTransaction.Kind,
    postings: Iterable[Posting],
    payment_reference: uuid.UUID | None = None,
    provisional: bool = False,
) -> LedgerTransaction:
    """Write one transaction to a locked `book`; postings of zero are left out.

    `source` names the event ("settlement:<payment>"); posting it again returns what was posted. A
    `provisional` posting leaves the look at the sides to the one that follows it at once. Raises
    `ReferenceConflictError` when another posting has this source, `UnbalancedError`, and
    `WrongSideError`.
    """
    wanted = [posting for posting in postings if posting.amount]
    if existing := LedgerTransaction.objects.filter(source=source).first():
        if _written(existing) != _sorted(wanted):
            raise ReferenceConflictError(source)
        return existing
    currencies = {posting.account.currency for posting in wanted}
    if len(currencies) != 1 or sum(posting.amount for posting in wanted) != 0:
        raise UnbalancedError(source)
    accounts = _accounts(book, {posting.account for posting in wanted})
    posted = LedgerTransaction(
        book=book, source=source, kind=kind, payment_reference=payment_reference
    )
    Entry.objects.bulk_create(
        Entry(
            transaction=posted,
            account=accounts[posting.account],
            amount=posting.amount,
            currency=posting.account.currency,
            line=posting.line,
        )
        for posting in wanted
    )
    posted.save(force_insert=True)
    if not provisional:
        _check_sides(accounts.values())
    return posted


def balances(book: Book) -> dict[AccountName, int]:
    """Return the balance of every account of `book`, in minor units, debit positive."""
    return balances_of([book.pk])[book.pk]


def balances_of(books: Collection[uuid.UUID]) -> Mapping[uuid.UUID, dict[AccountName, int]]:
    """Return the `balances` of each of `books`, in one query."""
    found: dict[uuid.UUID, dict[AccountName, int]] = {book: {} for book in books}
    for account in Account.objects.filter(book__in=books).annotate(balance=Sum("entries__amount")):
        found[account.book_id][account.account_name] = account.balance or 0
    return found


def _locked(reference: uuid.UUID) -> Book:
    rows = Book.objects.select_for_update().filter(deal_reference=reference)
    if book := rows.first():
        return book
    Book.objects.get_or_create(deal_reference=reference)
    return rows.get()


def _accounts(book: Book, names: set[AccountName]) -> Mapping[AccountName, Account]:
    by_code = {name.code: name for name in names}
    found = {by_code[account.code]: account for account in book.accounts.filter(code__in=by_code)}
    missing = [
        Account(
            book=book,
            code=name.code,
            kind=name.kind,
            collector_key=name.collector_key,
            currency=name.currency,
            **payee_columns(name.payee),
        )
        for name in sorted(names - found.keys(), key=lambda name: name.code)
    ]
    for account in Account.objects.bulk_create(missing):
        found[by_code[account.code]] = account
    return found


def _check_sides(accounts: Iterable[Account]) -> None:
    by_id = {account.pk: account for account in accounts}
    sums = Entry.objects.filter(account__in=by_id).order_by().values_list("account_id")
    for account_id, balance in sums.annotate(balance=Sum("amount")):
        name = by_id[account_id].account_name
        if balance * SIDES[name.kind].value < 0:
            raise WrongSideError(f"{name.code}: {balance}")


def _written(posted: LedgerTransaction) -> list[tuple[str, int, str]]:
    return sorted(posted.entries.values_list("account__code", "amount", "line"))


def _sorted(postings: Sequence[Posting]) -> list[tuple[str, int, str]]:
    return sorted((posting.account.code, posting.amount, posting.line) for posting in postings)

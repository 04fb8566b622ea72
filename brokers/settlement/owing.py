"""What collectors owe payees by the payment that it comes from, and what of it a complaint holds.

Invariant: every entry of an account that owes somebody names its payment, so the parts of an account sum
to its balance. Where a refund took from a payee more than was left of its payment, the parts of other
payments are less by that, the oldest first; what is held is an account of its own and never less by it.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from brokers.settlement.chart import AccountKind, AccountName
from brokers.settlement.models import Account, Book, Entry, Hold, Receipt

_OWED = (AccountKind.PAYABLE, AccountKind.PLATFORM)
OWING = (*_OWED, AccountKind.HELD)
"""The accounts that owe somebody something, held or not."""


@dataclass(frozen=True, slots=True)
class Part:
    """`amount` minor units of the account are of this payment."""

    account: AccountName
    payment_reference: uuid.UUID
    amount: int


def parts(book: Book) -> list[Part]:
    """Return what can be paid out of the books of a deal, for each account the oldest payment first."""
    return parts_of([book.pk])[book.pk]


def held_parts(book: Book) -> list[Part]:
    """Return what complaints hold of what was settled, for each account the oldest payment first."""
    return _parts([book.pk], (AccountKind.HELD,))[book.pk]


def parts_of(
    books: Collection[uuid.UUID], *, with_held: bool = False
) -> Mapping[uuid.UUID, list[Part]]:
    """Return the `parts` of each of `books`, and the `held_parts` too where they are asked for, in as
    many queries as those of one.
    """
    return _parts(books, OWING if with_held else _OWED)


def held_of(receipt: Receipt) -> Counter[AccountName]:
    """Return what complaints hold of one payment, in minor units."""
    own = (part for part in held_parts(receipt.book) if part.payment_reference == receipt.pk)
    return Counter({part.account: part.amount for part in own})


def holds_on(receipt: Receipt) -> QuerySet[Hold]:
    """Return what holds a payment: complaints about it, and about the deal as a whole."""
    about = Q(receipt=receipt) | Q(receipt=None)
    return Hold.objects.filter(about, book=receipt.book_id, released_at=None)


def is_held(receipt: Receipt) -> bool:
    """Whether a complaint holds the payment."""
    return holds_on(receipt).exists()


def _parts(
    books: Collection[uuid.UUID], kinds: Sequence[AccountKind]
) -> Mapping[uuid.UUID, list[Part]]:
    found: dict[uuid.UUID, list[Part]] = {book: [] for book in books}
    owing = Account.objects.filter(book__in=books, kind__in=kinds)
    accounts = {account.pk: account for account in owing}
    entries = Entry.objects.filter(account__in=accounts).order_by()
    sums = entries.values_list("account_id", "transaction__payment_reference")
    balances: defaultdict[int, dict[uuid.UUID, int]] = defaultdict(dict)
    for account, payment, balance in sums.annotate(Sum("amount")):
        balances[account][payment] = -balance
    receipts = Receipt.objects.filter(book__in=books) if balances else Receipt.objects.none()
    order = list(receipts.values_list("pk", flat=True))
    for pk, account in accounts.items():
        overdrawn = -sum(min(owed, 0) for owed in balances[pk].values())
        for payment in order:
            owed = max(balances[pk].get(payment, 0), 0)
            missing = min(owed, overdrawn)
            overdrawn -= missing
            if owed > missing:
                part = Part(account.account_name, payment, owed - missing)
                found[account.book_id].append(part)
    return found

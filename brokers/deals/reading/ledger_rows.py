"""Rows of the ledger as people read them: when, what happened, which account, debit or credit."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from brokers.deals import plan_words
from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Entry
from brokers.settlement.plan import Payee
from marketplace.money import Money


@dataclass(frozen=True)
class LedgerRow:
    """One entry; of `debit` and `credit` one is None."""

    posted_at: datetime
    event: str
    account: str
    debit: Money | None
    credit: Money | None


def entries_of(deal_reference: uuid.UUID) -> QuerySet[Entry]:
    """Return the entries in the books of a deal, the oldest first, with all that a row shows."""
    entries = Entry.objects.filter(account__book=deal_reference)
    return entries.select_related("transaction", "account").order_by("pk")


def entries_by_currency(deal_reference: uuid.UUID) -> dict[str, list[Entry]]:
    """Return the entries in the books of a deal by their currency."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries_of(deal_reference):
        found[entry.currency].append(entry)
    return found


def payees_in(entries: Iterable[Entry]) -> set[Payee]:
    """Return whom the accounts of `entries` concern, to be named."""
    return {payee for entry in entries if (payee := entry.account.account_name.payee)}


def ledger_rows(
    entries: Iterable[Entry], names: Mapping[Payee, str] | None = None
) -> list[LedgerRow]:
    """Return `entries` as rows. `names` are those of `payees_in`, read here where not given."""
    entries = list(entries)
    names = plan_words.payee_names(payees_in(entries)) if names is None else names
    return [_row(entry, names) for entry in entries]


def _row(entry: Entry, names: Mapping[Payee, str]) -> LedgerRow:
    money: Money = entry.money
    return LedgerRow(
        entry.transaction.posted_at,
        entry.transaction.get_kind_display(),
        _account(entry, names),
        debit=money if entry.amount > 0 else None,
        credit=-money if entry.amount < 0 else None,
    )


def _account(entry: Entry, names: Mapping[Payee, str]) -> str:
    kind = str(AccountKind(entry.account.kind).label)
    payee = entry.account.account_name.payee
    return kind if payee is None else f"{kind} · {names.get(payee, payee.key)}"

"""Imported bank statements in words: what each line is, seems to be, or lacks.

Invariant: sums are over one account and currency; what a line seems to be is judged anew each time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokers.deals.reading import bank_words
from brokers.deals.reading.bank.accounts import collector_accounts
from brokers.payments.models import (
    BankEntry,
    BankStatement,
    Charge,
    Clearing,
    Refund,
    StatementLine,
    Transfer,
)
from brokers.payments.statements import clearing
from brokers.payments.statements.matching import Finding, Verdict
from marketplace.amounts import with_currency
from marketplace.money import Money

WORDS = {
    Verdict.EXACT: gettext_lazy("Agrees in reference, amount and day"),
    Verdict.FOUND: gettext_lazy("Entered already under this number"),
    Verdict.LESS: gettext_lazy("Less than is due"),
    Verdict.MORE: gettext_lazy("More than is due"),
    Verdict.EARLY: gettext_lazy("Booked before it was asked for"),
    Verdict.AGAIN: gettext_lazy("Paid a second time"),
    Verdict.CLOSED: gettext_lazy("No longer expected"),
    Verdict.RETURNED: gettext_lazy("Looks like a payment that came back"),
    Verdict.ALIKE: gettext_lazy("The amount agrees, the reference is missing"),
    Verdict.UNKNOWN: gettext_lazy("Nothing like it is due"),
}
WARNINGS = {Verdict.AGAIN, Verdict.CLOSED, Verdict.MORE, Verdict.LESS, Verdict.EARLY}


@dataclass(frozen=True)
class LineRow:
    """A line with what of it is `left`, and in words what it is (`tone` as in `components/tag.html`)."""

    line: StatementLine
    left: Money
    state: str
    tone: str
    about: str


def statements(user: Any) -> QuerySet[BankStatement]:
    """Return the statements that `user` may read, with how many lines they have."""
    own = BankStatement.objects.filter(account__in=collector_accounts(user))
    counted = own.annotate(size=Count("lines")).order_by("-imported_at", "pk")
    return counted.select_related("account__organisation", "imported_by")


def lines_of(user: Any) -> QuerySet[StatementLine]:
    """Return the lines that `user` may read, each with what of it is cleared."""
    own = StatementLine.objects.filter(account__in=collector_accounts(user))
    standing = clearing.standing().select_related("made_by", *SUBJECTS)
    return (
        clearing.with_left(own)
        .select_related("statement__file", "account__organisation")
        .prefetch_related(Prefetch("clearings", standing, to_attr="cleared_as"))
        .order_by("booked_on", "statement", "number")
    )


SUBJECTS = (
    "receipt__charge",
    "payout__transfer__account",
    "payout__transfer__charge",
    "payout__refund__charge",
    "returned__transfer__account",
    "returned__transfer__charge",
    "returned__refund__charge",
)


def rows(lines: Iterable[StatementLine], findings: Mapping[int, Finding]) -> list[LineRow]:
    """Return `lines`, as of `lines_of`, in words; `findings` are those of their account."""
    return [_row(line, findings.get(line.pk)) for line in lines]


def waiting(statement: BankStatement, user: Any) -> int:
    """Return how many entries of `statement` wait for `user` to confirm them."""
    recorded = Q()
    for entry in Clearing.ENTRIES:
        recorded |= Q(**{f"{entry}__state": BankEntry.State.RECORDED})
        recorded &= ~Q(**{f"{entry}__recorded_by": user})
    found = clearing.standing().filter(recorded, line__statement=statement)
    return found.values(*Clearing.ENTRIES).distinct().count()


def open_amounts(lines: Iterable[StatementLine], currency: str) -> dict[str, Money]:
    """Return what is left of `lines`, money in and money out apart."""
    left = [clearing.left(line) for line in lines]
    return {
        "came_in": Money.total((amount for amount in left if amount.amount > 0), currency),
        "went_out": Money.total((amount for amount in left if amount.amount < 0), currency),
    }


def _row(line: StatementLine, finding: Finding | None) -> LineRow:
    left = clearing.left(line)
    cleared: list[Clearing] = line.cleared_as  # type: ignore[attr-defined]
    if cleared:
        about = "; ".join(explanation(one) for one in cleared)
        if left:
            return LineRow(line, left, _("Cleared in part"), "warning", about)
        entries = [one.entry for one in cleared if one.entry is not None]
        waits = any(entry.state == BankEntry.State.RECORDED for entry in entries)
        state = _("To be confirmed") if waits else _("Cleared")
        return LineRow(line, left, state, "accent" if waits else "success", about)
    verdict = finding.verdict if finding else Verdict.UNKNOWN
    tone = "warning" if verdict in WARNINGS else ""
    return LineRow(line, left, str(WORDS[verdict]), tone, seems(finding))


def explanation(cleared: Clearing) -> str:
    """Say what a part of a line is."""
    entry = cleared.entry
    if entry is not None:
        return bank_words.purpose(entry.subject)
    return ": ".join(filter(None, [cleared.get_reason_display(), cleared.note]))


def seems(finding: Finding | None) -> str:
    """Say what the likeliest subject of `finding` is, and what is due there."""
    if finding is None or not finding.subjects:
        return ""
    subject = finding.subjects[0]
    if isinstance(subject, BankEntry):
        subject = subject.subject
    return describe(subject)


def describe(subject: Charge | Transfer | Refund) -> str:
    """Return what `subject` is, with code, amount and other party."""
    if isinstance(subject, Transfer):
        name = subject.account.owner_name
    else:
        name = (subject if isinstance(subject, Charge) else subject.charge).payer.name
    what = bank_words.purpose(subject)
    return f"{what} · {subject.code} · {with_currency(subject.money)} · {name}"

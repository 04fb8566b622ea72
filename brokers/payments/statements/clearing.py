"""Say what the lines of a bank statement are: enter them in the books, or explain them.

Invariants: no more of a line is cleared than there is; what is entered comes from a person and is
confirmed by another; a clearing is taken back, never changed, and one whose entry was rejected counts no
more.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments import bank_entries
from brokers.payments.bank_entries import Line
from brokers.payments.models import (
    BankEntry,
    BankStatement,
    Charge,
    Clearing,
    PayoutAccount,
    StatementLine,
)
from brokers.payments.statements import dues
from brokers.payments.statements.dues import BankOrder
from brokers.payments.statements.matching import Finding, entry_kind, judge
from marketplace.audit import trail
from marketplace.money import Money

_REJECTED = reduce(
    or_, (Q(**{f"{entry}__state": BankEntry.State.REJECTED}) for entry in Clearing.ENTRIES)
)


def standing() -> QuerySet[Clearing]:
    """Return the clearings that count: not taken back, and their entries not rejected."""
    return Clearing.objects.filter(withdrawn_at=None).exclude(_REJECTED)


def with_left(lines: QuerySet[StatementLine]) -> QuerySet[StatementLine]:
    """Return `lines`, each with `cleared`: the minor units of it that are cleared."""
    counted = Q(clearings__in=standing())
    return lines.annotate(cleared=Coalesce(Sum("clearings__amount", filter=counted), 0))


def left(line: StatementLine) -> Money:
    """Return what of a line read by `with_left` nobody has cleared; with the sign of the line."""
    return Money(line.amount - line.cleared, line.currency)  # type: ignore[attr-defined]


def open_lines(account: PayoutAccount, currency: str) -> list[StatementLine]:
    """Return the lines of which nothing is cleared, the oldest first."""
    lines = with_left(StatementLine.objects.filter(account=account, currency=currency)).order_by(
        "pk"
    )
    return [line for line in lines.select_related("statement__file") if not line.cleared]  # type: ignore[attr-defined]


def findings(account: PayoutAccount, currency: str) -> dict[int, Finding]:
    """Return what every open line of `account` seems to be, by its primary key."""
    owner = account.organisation
    if owner is None:
        raise ValueError(f"{account} belongs to nobody who collects")
    return judge(open_lines(account, currency), dues.of(owner, currency))


def enter_certain(*, account: PayoutAccount, currency: str, by: Any) -> int:
    """Enter the open lines that agree with what is due in reference, amount and day.

    Lines of earlier statements are looked at again, but not those of which somebody rejected an entry.
    Returns how many entries were made or found.
    """
    handled = set(Clearing.objects.filter(line__account=account).values_list("line", flat=True))
    made = 0
    for finding in findings(account, currency).values():
        lines = {line.pk for line in finding.lines}
        if finding.is_certain and not lines & handled:
            handled |= lines
            with suppress(ValidationError), transaction.atomic():
                _enter(finding, by)
                made += 1
    return made


@transaction.atomic
def enter(*, line: StatementLine, subject: Charge | BankOrder, by: Any) -> BankEntry:
    """Enter `line` as what `subject` waited for; a second person confirms it.

    Of a line above what is due the rest stays open. For a payment that was made already it is the
    money that came back. Raises `ValidationError` when nothing is left of the line, it is less than
    what is due, or the entry is refused.
    """
    rest = _lock(line)
    size = rest if rest.amount > 0 else -rest
    if size < subject.money:
        raise ValidationError(
            _("Only %(left)s is left of this line."), code="too_little", params={"left": size}
        )
    return _enter_lines(subject, [line], by)


@transaction.atomic
def explain(*, line: StatementLine, reason: str, note: str, by: Any) -> Clearing:
    """Say that what is left of `line` concerns nothing in the books. Raises `ValidationError`."""
    rest = _lock(line)
    cleared = Clearing.objects.create(
        line=line, amount=rest.amount, currency=rest.currency, reason=reason, note=note, made_by=by
    )
    trail.record(actor=by, action="bank_line.explain", target=line)
    return cleared


@transaction.atomic
def take_back(*, clearing: Clearing, by: Any) -> None:
    """Open again what a person explained. Raises `ValidationError` for an entry: reject that."""
    locked = Clearing.objects.select_for_update().get(pk=clearing.pk)
    if locked.entry is not None or locked.withdrawn_at is not None:
        raise ValidationError(_("This cannot be taken back here."), code="decided")
    locked.withdrawn_at = timezone.now()
    locked.save(update_fields=["withdrawn_at"])
    trail.record(actor=by, action="bank_line.reopen", target=locked.line)


def confirm_entries(*, statement: BankStatement, by: Any) -> int:
    """Confirm what others entered from `statement`; return how many entries that were."""
    entries = {
        cleared.entry
        for cleared in standing()
        .filter(line__statement=statement)
        .select_related(*Clearing.ENTRIES)
        if cleared.entry and cleared.entry.state == BankEntry.State.RECORDED
    }
    mine = [entry for entry in entries if entry and entry.recorded_by_id != by.pk]
    for entry in sorted(mine, key=lambda one: one.bank_reference):
        bank_entries.confirm(entry=entry, confirmed_by=by)
    return len(mine)


def _enter(finding: Finding, by: Any) -> None:
    (subject, *_others), lines = finding.subjects, finding.lines
    if isinstance(subject, BankEntry):
        _clear(lines[0], subject, lines[0].amount, by)
    else:
        _enter_lines(subject, lines, by)


def _enter_lines(subject: Charge | BankOrder, lines: Sequence[StatementLine], by: Any) -> BankEntry:
    """Record the entry that `lines` are the evidence of; of the last one a surplus may be left."""
    latest = max(lines, key=lambda line: line.booked_on)
    seen = Line(
        amount=subject.money,
        bank_reference=latest.bank_reference,
        booked_on=latest.booked_on,
        evidence=latest.statement.file,
    )
    entry = _record(subject, seen, latest, by)
    due = subject.amount
    for line in lines:
        part = min(due, abs(line.amount))
        due -= part
        _clear(line, entry, part if line.amount > 0 else -part, by)
    return entry


def _record(subject: Charge | BankOrder, seen: Line, line: StatementLine, by: Any) -> BankEntry:
    if isinstance(subject, Charge):
        return bank_entries.record_receipt(charge=subject, line=seen, recorded_by=by)
    if line.amount < 0:
        return bank_entries.record_payout(order=subject, line=seen, recorded_by=by)
    note = line.purpose[:200] or str(_("The money came back."))
    return bank_entries.record_return(order=subject, line=seen, note=note, recorded_by=by)


def _clear(line: StatementLine, entry: BankEntry, amount: int, by: Any) -> None:
    Clearing.objects.create(
        line=line, amount=amount, currency=line.currency, made_by=by, **{entry_kind(entry): entry}
    )


def _lock(line: StatementLine) -> Money:
    """Lock `line` and return what is left of it. Raises `ValidationError` when that is nothing."""
    StatementLine.objects.select_for_update().get(pk=line.pk)
    rest = left(with_left(StatementLine.objects.filter(pk=line.pk)).get())
    if not rest:
        raise ValidationError(_("This line is cleared already."), code="decided")
    return rest

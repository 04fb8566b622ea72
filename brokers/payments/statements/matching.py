"""What a line of a bank statement is, judged by reference, amount and day; pure.

Invariant: only what agrees in all three is certain and may be entered without a person's judgement;
everything else is a suggestion, in the order of what speaks for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.utils import timezone

from brokers.payments import codes
from brokers.payments.models import BankEntry, Charge, Order, StatementLine, Transfer
from brokers.payments.statements.dues import BankOrder, Dues
from marketplace.money import Money

WithCode: TypeAlias = Mapping[str, list[StatementLine]]


class Verdict(StrEnum):
    """How a line agrees with what it seems to be about."""

    EXACT = "exact"
    FOUND = "found"
    """Somebody has entered it already, under the bank's number."""
    LESS = "less"
    MORE = "more"
    EARLY = "early"
    """Booked before it was asked for."""
    AGAIN = "again"
    """It was received or paid already."""
    CLOSED = "closed"
    """It is no longer expected."""
    RETURNED = "returned"
    ALIKE = "alike"
    """The amount agrees, the reference is missing."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """`subjects` are charges, orders or an entry that the line may be about, the likeliest first.

    `lines` are the line and those that make up the amount together with it.
    """

    verdict: Verdict
    subjects: Sequence[Any] = ()
    lines: Sequence[StatementLine] = ()

    @property
    def is_certain(self) -> bool:
        return self.verdict in (Verdict.EXACT, Verdict.FOUND)


def judge(lines: Sequence[StatementLine], dues: Dues) -> dict[int, Finding]:
    """Return what each of `lines`, the open ones of an account, seems to be, by its primary key."""
    told = {
        line.pk: list(codes.found_in(f"{line.purpose} {line.bank_reference}")) for line in lines
    }
    with_code: defaultdict[str, list[StatementLine]] = defaultdict(list)
    for line in lines:
        for code in told[line.pk] if line.amount > 0 else ():
            with_code[code].append(line)
    return {line.pk: _judge(line, told[line.pk], with_code, dues) for line in lines}


def _judge(line: StatementLine, told: list[str], with_code: WithCode, dues: Dues) -> Finding:
    entry = dues.entries.get((line.bank_reference, line.amount))
    if entry is not None:
        return Finding(Verdict.FOUND, [entry], [line])
    if line.amount > 0:
        finding = next(_incoming(line, told, with_code, dues), None)
    else:
        finding = next(_outgoing(line, told, dues), None)
    return finding or Finding(Verdict.UNKNOWN)


def _incoming(
    line: StatementLine, told: list[str], with_code: WithCode, dues: Dues
) -> Iterator[Finding]:
    for code in told:
        if charge := dues.charges.get(code):
            yield _towards(charge, line, with_code[code], dues)
    back = [order for order in dues.paid(line.money) if _names(order, line, told)]
    if back:
        yield Finding(Verdict.RETURNED, back, [line])
    if alike := dues.expected(line.money):
        named = [charge for charge in alike if _is_payer(charge, line)]
        yield Finding(Verdict.ALIKE, named or alike, [line])


def _towards(
    charge: Charge, line: StatementLine, lines: list[StatementLine], dues: Dues
) -> Finding:
    if charge.pk in dues.taken or charge.state == Charge.State.PAID:
        return Finding(Verdict.AGAIN, [charge], [line])
    if charge.state != Charge.State.OPEN:
        return Finding(Verdict.CLOSED, [charge], [line])
    if line.money == charge.money:
        lines = [line]
    received = Money.total((one.money for one in lines), line.currency)
    if received != charge.money:
        return Finding(Verdict.LESS if received < charge.money else Verdict.MORE, [charge], lines)
    asked = timezone.localdate(charge.opened_at)
    early = any(one.booked_on < asked for one in lines)
    return Finding(Verdict.EARLY if early else Verdict.EXACT, [charge], lines)


def _outgoing(line: StatementLine, told: list[str], dues: Dues) -> Iterator[Finding]:
    due = -line.money
    for code in told:
        if order := dues.orders.get(code):
            yield Finding(_of_order(order, line, due, dues), [order], [line])
    alike = dues.payable(due)
    if alike:
        named = [order for order in alike if _names(order, line, told)]
        yield Finding(Verdict.ALIKE, named or alike, [line])


def _of_order(order: BankOrder, line: StatementLine, due: Money, dues: Dues) -> Verdict:
    if order.pk in dues.taken or order.state == Order.State.PAID:
        return Verdict.AGAIN
    if not dues.waits(order):
        return Verdict.CLOSED
    if due != order.money:
        return Verdict.LESS if due < order.money else Verdict.MORE
    early = line.booked_on < timezone.localdate(order.requested_at)
    return Verdict.EARLY if early else Verdict.EXACT


def _names(order: BankOrder, line: StatementLine, told: list[str]) -> bool:
    """Whether `line` names the payee of `order`: by the code, the account or the holder."""
    if order.code in told:
        return True
    if not isinstance(order, Transfer):
        return _is_payer(order.charge, line)
    account = order.account
    number = line.counterparty_account
    return number == account.external_id if number else account.holder == line.counterparty


def _is_payer(charge: Charge, line: StatementLine) -> bool:
    names = {charge.payer.name_zh, charge.payer.name_en} - {""}
    return any(name.casefold() in line.counterparty.casefold() for name in names)


def entry_kind(entry: BankEntry) -> str:
    """Return the column of a clearing that names entries like `entry`."""
    return {"bankreceipt": "receipt", "bankpayout": "payout"}.get(
        entry._meta.model_name or "", "returned"
    )

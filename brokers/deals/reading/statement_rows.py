"""Which ledger entries stand behind which line of a party's statement.

Invariant: the entries of a line sum to its figure (credits positive where the party is owed), whatever
was paid, refunded, paid out or set off.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Allocation, Entry, LedgerTransaction
from brokers.settlement.models.records import SHARE
from brokers.settlement.net_income import Kind
from brokers.settlement.plan import PLATFORM, Payee

TxKind = LedgerTransaction.Kind
_SPLITS = (TxKind.SETTLEMENT, TxKind.REFUND, TxKind.REFUND_UNDONE)
DISPUTE_LOSSES = ("dispute_fee", "dispute_beyond")
_CLAIMS = (AccountKind.HELD, AccountKind.RECEIVABLE)
_FUNDS = (AccountKind.CASH, AccountKind.REFUND_DUE, AccountKind.DISPUTE_HOLD)


@dataclass(frozen=True)
class Deductions:
    """Kind and label of each deduction by payment and key, and the evidence (SHA-256) of those."""

    by_key: Mapping[tuple[Any, str], tuple[str, str]]
    evidence: Mapping[tuple[str, str], tuple[str, ...]]

    @classmethod
    def of(cls, deal_reference: Any) -> "Deductions":
        lines = Allocation.objects.filter(settlement__receipt__book=deal_reference)
        columns = ("settlement__receipt", "key", "kind", "label", "evidence")
        by_key: dict[Any, tuple[str, str]] = {}
        evidence: dict[Any, list[str]] = defaultdict(list)
        for payment, key, kind, label, proof in lines.exclude(kind=SHARE).values_list(*columns):
            by_key[payment, key] = (kind, label)
            if proof and proof not in evidence[kind, label]:
                evidence[kind, label].append(proof)
        return cls(by_key, {name: tuple(proofs) for name, proofs in evidence.items()})


class Sorted:
    """The ledger entries of a deal by the line of the statement that they belong to.

    Refunds of a payment that was not settled yet only move the advance.
    """

    def __init__(self, entries: Sequence[Entry], payee: Payee, deductions: Deductions) -> None:
        self.payee, self.deductions = payee, deductions
        advanced, paid = (
            {e.transaction_id for e in entries if e.account.kind in kinds}
            for kinds in ((AccountKind.ADVANCE,), _FUNDS)
        )
        self.unsettled = advanced & paid
        self.lines: dict[Any, list[Entry]] = defaultdict(list)
        for entry in entries:
            for line in self._lines(entry):
                self.lines[line].append(entry)

    def __getitem__(self, line: Any) -> list[Entry]:
        return self.lines[line]

    def _lines(self, entry: Entry) -> Iterator[Any]:
        kind, account = entry.transaction.kind, entry.account
        if account.kind == AccountKind.ADVANCE:
            yield "unaccepted"
        if kind in _SPLITS and entry.transaction_id not in self.unsettled:
            yield from self._of_waterfall(entry)
        if self._is_own(account):
            yield from self._of_own_account(entry)
        if entry.line == f"payout/{self.payee.key}":
            yield from self._of_payouts(entry)
        if account.kind == AccountKind.CASH and entry.line == f"recovery/{self.payee.key}":
            yield "returned"
        if account.kind == AccountKind.CASH and entry.line == f"offset/{self.payee.key}":
            yield "set_off"

    def _of_waterfall(self, entry: Entry) -> Iterator[Any]:
        deduction = self.deductions.by_key.get((entry.transaction.payment_reference, entry.line))
        if entry.line == "gross":
            yield "gross"
        elif deduction is not None:
            yield deduction
            if deduction[0] == Kind.PLATFORM and self.payee == PLATFORM:
                yield "share"
        else:
            yield "net"
            if entry.line.endswith(f"/{self.payee.key}"):
                yield "share"

    def _of_own_account(self, entry: Entry) -> Iterator[Any]:
        account = entry.account
        spent = entry.line.startswith((f"{Kind.FEE}:", f"{Kind.COST}:", *DISPUTE_LOSSES))
        if spent and account.kind != AccountKind.PLATFORM:
            yield "loss"
        if account.kind == AccountKind.REFUND_LOSS:
            return
        if account.collector_key == self.payee.key:
            yield "kept"
        elif account.kind == AccountKind.HELD:
            yield "held", entry.transaction.payment_reference
        elif account.kind == AccountKind.RECEIVABLE:
            yield "to_return"
        else:
            yield "owed"

    def _of_payouts(self, entry: Entry) -> Iterator[str]:
        if entry.account.kind == AccountKind.IN_FLIGHT:
            yield "on_its_way"
        elif entry.account.kind == AccountKind.CASH:
            yield "paid"

    def _is_own(self, account: Any) -> bool:
        if self.payee == PLATFORM:
            nobody = account.organisation_id is None and account.user_id is None
            kinds = {AccountKind.PLATFORM, AccountKind.REFUND_LOSS, *_CLAIMS}
            return nobody and account.kind in kinds
        return account.kind in {AccountKind.PAYABLE, *_CLAIMS} and account.payee == self.payee

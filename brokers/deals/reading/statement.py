"""A party's statement as lines, each with the ledger rows that it is the sum of.

Invariant: the figures are those of `settlement.statements`; the rows listed under a line sum to its
figure, so what a party reads can be followed down to the books. A test holds the two together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals import plan_words
from brokers.deals.reading.holds import Held
from brokers.deals.reading.ledger_rows import LedgerRow, entries_by_currency, ledger_rows, payees_in
from brokers.deals.reading.statement_rows import Deductions, Sorted
from brokers.settlement import statements
from brokers.settlement.net_income import Kind
from brokers.settlement.plan import Payee
from brokers.settlement.statements import Statement
from marketplace.amounts import with_currency
from marketplace.money import Money

_DEDUCTIONS = list(Kind)


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One line: `sign` is −1 for what is taken away; `total` marks the sums that people look for."""

    label: str
    amount: Money
    sign: int = 1
    total: bool = False
    note: str = ""
    evidence: tuple[str, ...] = ()
    rows: tuple[LedgerRow, ...] = ()

    @property
    def signed(self) -> Money:
        return self.amount if self.sign > 0 else -self.amount


@dataclass(frozen=True)
class StatementPage:
    """The statement of one currency in three parts: to net, to the own share, what became of it."""

    currency: str
    income: list[StatementLine]
    own: list[StatementLine]
    paid: list[StatementLine]

    @property
    def lines(self) -> list[StatementLine]:
        return [*self.income, *self.own, *self.paid]


@dataclass(frozen=True)
class PartyStatement:
    """The `name` of a payee, and its statements in a deal, one per currency."""

    name: str
    pages: list[StatementPage]


def party_statement(deal_reference: Any, payee: Payee) -> PartyStatement:
    """Return the statement of `payee` in a deal, with its ledger rows."""
    found = statements.of_party(deal_reference, payee)
    entries = entries_by_currency(deal_reference)
    deductions = Deductions.of(deal_reference)
    names = plan_words.payee_names({payee, *payees_in(chain.from_iterable(entries.values()))})
    held = Held.of(deal_reference, payee)
    pages = [
        _Writer(
            statement,
            Sorted(entries[statement.currency], payee, deductions),
            deductions,
            names,
            held.in_currency(statement.currency),
        ).page()
        for statement in found
    ]
    return PartyStatement(names[payee], pages)


class _Writer:
    """Writes one statement; every line knows its rows."""

    def __init__(
        self,
        statement: Statement,
        entries: Sorted,
        deductions: Deductions,
        names: Mapping[Payee, str],
        held: Held,
    ) -> None:
        self.statement, self.entries = statement, entries
        self.deductions, self.names = deductions, names
        self.held = held

    def page(self) -> StatementPage:
        return StatementPage(
            self.statement.currency,
            list(self._income()),
            list(self._own()),
            [line for line in self._paid() if line.amount or line.total],
        )

    def _income(self) -> Iterator[StatementLine]:
        statement = self.statement
        if statement.unaccepted:
            note = _("Paid, but not accepted yet: it is not split and not part of what follows.")
            yield self._line(_("Not accepted yet"), "unaccepted", statement.unaccepted, note=note)
        yield self._line(_("Received and accepted"), "gross", statement.gross, total=True)
        for deduction in sorted(
            statement.deductions, key=lambda d: (_DEDUCTIONS.index(d.kind), d.label)
        ):
            key = (deduction.kind.value, deduction.label)
            label = deduction.label or capfirst(str(deduction.kind.label))
            evidence = self.deductions.evidence.get(key, ())
            yield self._line(label, key, deduction.amount, sign=-1, evidence=evidence)
        yield self._line(_("Net income"), "net", statement.net, total=True)

    def _own(self) -> Iterator[StatementLine]:
        statement = self.statement
        yield self._line(_("Your share"), "share", statement.share, total=True)
        if statement.loss:
            note = _("Fees and costs that were spent before a refund.")
            yield self._line(
                _("Losses of refunds that you bear"), "loss", statement.loss, sign=-1, note=note
            )

    def _paid(self) -> Iterator[StatementLine]:
        s = self.statement
        yield self._line(_("Kept by you as collector"), "kept", s.kept)
        yield self._line(_("Paid to you"), "paid", s.paid, note=self._passed_on())
        yield self._line(_("Given back by you"), "returned", s.returned, sign=-1)
        yield self._line(
            _("On its way to you"), "on_its_way", s.on_its_way, note=self.held.not_left()
        )
        for payment, amount in s.held_back:
            holds = self.held.holds
            label = _("Held: “%(milestone)s”") % {"milestone": holds.title(payment)}
            yield self._line(label, ("held", payment), amount, note=holds.why(payment))
        held = _("Held until a dispute is decided.") if s.held else ""
        yield self._line(_("Owed to you"), "owed", s.owed, total=True, note=held)
        yield self._line(_("To be given back by you"), "to_return", s.to_return, sign=-1)
        note = _("With what you had to give back in other deals.")
        yield self._line(_("Set off"), "set_off", s.set_off, note=note)

    def _passed_on(self) -> str:
        s, notes = self.statement, []
        if s.at_institution:
            notes.append(
                _("%(amount)s of it waits at the institution to be passed on.")
                % {"amount": with_currency(s.at_institution)}
            )
        if s.withheld:
            amount = with_currency(s.withheld)
            notes.append(_("%(amount)s of it was withheld as tax.") % {"amount": amount})
        return " ".join(notes)

    def _line(self, label: str, key: Any, amount: Money, **about: Any) -> StatementLine:
        rows = tuple(ledger_rows(self.entries[key], self.names))
        return StatementLine(label=label, amount=amount, rows=rows, **about)

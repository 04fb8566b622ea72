"""What a party of a deal reads about its money: from gross to what it still gets.

Invariant: share − loss = paid − returned + on its way + owed + held back − to return + kept + set off
(the platform's loss is its own and not owed to anybody); every figure is read from allocations,
reversals and ledger entries of the deal, one currency at a time.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, Sum

from brokers.settlement.chart import AccountKind
from brokers.settlement.models import (
    Account,
    Allocation,
    Entry,
    Payout,
    Receipt,
    Reversal,
)
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.models.records import SHARE
from brokers.settlement.net_income import Kind
from brokers.settlement.plan import PLATFORM, Payee, Role
from marketplace.money import Money

_KEPT = "kept"


@dataclass(frozen=True, slots=True)
class DeductionLine:
    """One kind of deduction of a deal, direct costs by what they were for; refunds taken back."""

    kind: Kind
    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A party's money in one deal and one currency, refunds taken back.

    `unaccepted` was received but not settled yet. `share` is the party's own part of `net` (for the
    platform also its fee before net), `loss` what it bears of spent fees and costs. `paid` arrived,
    of which `at_institution` waits to be passed on and `withheld` was withheld as tax; `returned`
    was given back. `on_its_way` is neither paid nor owed, `held` is the part of `owed` that a
    dispute stops; beyond it complaints have `held_back` of payments what is there by reference.
    `to_return` is still to be given back. `kept` is what the party has already, being
    the collector itself (negative where it bears a loss). `set_off` went to or came from the party's
    claims in other deals (negative: from there).
    """

    currency: str
    unaccepted: Money
    gross: Money
    deductions: tuple[DeductionLine, ...]
    net: Money
    share: Money
    loss: Money
    paid: Money
    at_institution: Money
    withheld: Money
    returned: Money
    on_its_way: Money
    owed: Money
    held: Money
    held_back: tuple[tuple[uuid.UUID, Money], ...]
    to_return: Money
    kept: Money
    set_off: Money


def of_party(deal_reference: uuid.UUID, payee: Payee) -> list[Statement]:
    """Return the statements of `payee` in a deal, one per currency that was received."""
    currencies = (
        Receipt.objects.filter(book=deal_reference)
        .order_by("currency")
        .values_list("currency", flat=True)
        .distinct()
    )
    return [_Reader(deal_reference, payee, currency).statement() for currency in currencies]


class _Reader:
    """Reads one deal, party and currency; each method is one or two queries."""

    def __init__(self, deal_reference: uuid.UUID, payee: Payee, currency: str) -> None:
        self.deal, self.payee, self.currency = deal_reference, payee, currency

    def statement(self) -> Statement:
        lines = self._lines()
        money = self._money
        deductions = tuple(
            DeductionLine(Kind(kind), label, money(amount))
            for (kind, label, _role, _mine), amount in lines.items()
            if kind != SHARE
        )
        net = sum(amount for (kind, *_), amount in lines.items() if kind == SHARE)
        ledger, moved = self._accounts(), self._entries()
        owed = -ledger[AccountKind.PAYABLE]
        return Statement(
            currency=self.currency,
            unaccepted=money(-ledger[AccountKind.ADVANCE]),
            gross=money(sum(lines.values())),
            deductions=deductions,
            net=money(net),
            share=money(sum(amount for (*_, mine), amount in lines.items() if mine)),
            loss=money(moved["loss"]),
            owed=money(owed),
            held=money(owed if ledger[AccountKind.DISPUTE_HOLD] else 0),
            held_back=tuple(self._held_back()),
            to_return=money(ledger[AccountKind.RECEIVABLE]),
            kept=money(-ledger[_KEPT]),
            returned=money(moved["recovery"]),
            set_off=money(-moved["offset"]),
            **self._payouts(),
        )

    def _money(self, amount: int) -> Money:
        return Money(amount, self.currency)

    def _lines(self) -> Counter[tuple[str, str, str, bool]]:
        """Sum the lines of all settled payments, less what refunds took back."""
        where = Q(settlement__receipt__book=self.deal, settlement__receipt__currency=self.currency)
        lines = Allocation.objects.filter(where)
        columns = ("kind", "label", "role", "organisation", "user")
        total: Counter[tuple[str, str, str, bool]] = Counter()
        allocated = lines.order_by().values_list(*columns).annotate(total=Sum("amount"))
        reversed_ = Reversal.objects.filter(allocation__in=lines).order_by()
        through = [f"allocation__{column}" for column in columns]
        taken = reversed_.values_list(*through).annotate(total=-Sum("amount"))
        for kind, label, role, organisation, user, amount in allocated.union(taken, all=True):
            total[kind, label, role, self._is_mine(kind, role, organisation, user)] += amount
        return total

    def _is_mine(self, kind: str, role: str, organisation: int | None, user: int | None) -> bool:
        if self.payee == PLATFORM:
            return kind == Kind.PLATFORM or role == Role.PLATFORM
        columns = payee_columns(self.payee)
        return kind == SHARE and columns == {"organisation_id": organisation, "user_id": user}

    def _accounts(self) -> Counter[str]:
        """Sum the balances that concern the party, by kind of account; advance and hold too."""
        accounts = Account.objects.filter(book=self.deal, currency=self.currency).filter(
            self._own_accounts() | Q(kind__in=[AccountKind.ADVANCE, AccountKind.DISPUTE_HOLD])
        )
        balances: Counter[str] = Counter()
        sums = accounts.order_by().values_list("kind", "collector_key")
        for kind, collector, balance in sums.annotate(Sum("entries__amount")):
            balances[self._meaning(kind, collector)] += balance or 0
        return balances

    def _meaning(self, kind: str, collector: str) -> str:
        """Return what an account is to the party: what a collector owes itself, it has."""
        if kind in {AccountKind.ADVANCE, AccountKind.DISPUTE_HOLD}:
            return kind
        if collector == self.payee.key:
            return _KEPT
        return AccountKind.PAYABLE if kind == AccountKind.PLATFORM else kind

    def _held_back(self) -> Iterator[tuple[uuid.UUID, Money]]:
        """Yield what complaints hold of each payment, but for what the party has as the collector."""
        columns = payee_columns(self.payee).items()
        own = Entry.objects.filter(
            **{f"account__{column}": value for column, value in columns},
            account__kind=AccountKind.HELD,
            account__book=self.deal,
            currency=self.currency,
        ).exclude(account__collector_key=self.payee.key)
        sums = own.order_by().values_list("transaction__payment_reference")
        for payment, balance in sums.annotate(Sum("amount")):
            if balance:
                yield payment, self._money(-balance)

    def _own_accounts(self) -> Q:
        if self.payee == PLATFORM:
            claim = Q(kind__in=[AccountKind.HELD, AccountKind.RECEIVABLE])
            return claim & Q(organisation=None, user=None) | Q(kind=AccountKind.PLATFORM)
        return Q(**payee_columns(self.payee))

    def _entries(self) -> dict[str, int]:
        """Sum the spent fees and costs of refunds and disputes that the party bears, as "loss", and the
        cash that moved with its claims: paid back, as "recovery", or between deals, as "offset".
        """
        cash, key = Q(account__kind=AccountKind.CASH), self.payee.key
        sums = {name: cash & Q(line=f"{name}/{key}") for name in ("recovery", "offset")}
        entries = Entry.objects.filter(account__book=self.deal, currency=self.currency)
        return entries.aggregate(
            **{
                name: Sum("amount", filter=where, default=0)
                for name, where in {**sums, "loss": self._losses()}.items()
            }
        )

    def _losses(self) -> Q:
        if self.payee == PLATFORM:
            account = Q(account__kind=AccountKind.REFUND_LOSS)
        else:
            columns = payee_columns(self.payee).items()
            own = [AccountKind.RECEIVABLE, AccountKind.PAYABLE, AccountKind.HELD]
            account = Q(account__kind__in=own) & Q(
                **{f"account__{column}": value for column, value in columns}
            )
        lines = Q(line__in=["dispute_fee", "dispute_beyond"])
        for kind in (Kind.FEE, Kind.COST):
            lines |= Q(line__startswith=f"{kind}:")
        return account & lines

    def _payouts(self) -> dict[str, Money]:
        payouts = Payout.objects.filter(
            book=self.deal, currency=self.currency, **payee_columns(self.payee)
        )
        paid = Q(state=Payout.State.SETTLED)
        waiting = paid & Q(via__isnull=False, disbursement=None)
        sums = payouts.aggregate(
            paid=Sum("amount", filter=paid),
            on_its_way=Sum("amount", filter=Q(state=Payout.State.RESERVED)),
            at_institution=Sum("amount", filter=waiting),
            withheld=Sum("disbursement__withheld_amount", filter=paid),
        )
        return {name: self._money(total or 0) for name, total in sums.items()}

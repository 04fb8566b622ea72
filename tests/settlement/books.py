"""Deals with money in them: real payees, plans, receipts and what became of them."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from brokers.settlement import ledger, owing
from brokers.settlement.chart import AccountName
from brokers.settlement.errors import SettlementError
from brokers.settlement.models import Book, SplitPlan
from brokers.settlement.plan import PLATFORM, ContractType, Member, Payee, Plan, Route, Share
from brokers.settlement.services import holds, payouts, plans, receipts, refunds, settlements
from brokers.settlement.services.settlements import DirectCost
from marketplace.accounts.models import Organisation
from marketplace.money import Money
from tests.factories import make_organisation, make_user
from tests.settlement.plans import flat, organisation, user

COLLECTOR = "organisation:1"
SIGNED = date(2026, 3, 1)


def money(amount: int, currency: str = "CNY") -> Money:
    return Money(amount, currency)


def refusal(code: str):
    """Expect that the books refuse what happens inside, for this reason."""
    return pytest.raises(SettlementError, check=lambda error: error.code == code)


@dataclass
class Deal:
    """One deal of example A: institution, brokerage, three inventors, fee before net."""

    plan: SplitPlan
    institution: Payee
    brokerage: Payee
    inventors: tuple[Payee, ...]
    reference: uuid.UUID
    collector: str = "platform"
    payments: list[uuid.UUID] = field(default_factory=list)

    def amend(self, template: Plan, **changes) -> None:
        """Let what is received from now on be split by another plan, among the same payees."""
        self.plan = _draw_up(template, self, **changes)

    def receive(self, gross: int = 1_000_000, fee: int = 29_030) -> uuid.UUID:
        payment = uuid.uuid4()
        currency = self.plan.plan.currency
        receipts.record(
            payment_reference=payment,
            deal_reference=self.reference,
            plan=self.plan,
            collector_key=self.collector,
            gross=Money(gross, currency),
            fee=Money(fee, currency),
        )
        self.payments.append(payment)
        return payment

    def settle(self, payment: uuid.UUID, tax: int = 60_000, costs: tuple[int, ...] | None = None):
        amounts = (120_000, 30_000) if costs is None else costs
        currency = self.plan.plan.currency
        return settlements.settle(
            payment_reference=payment,
            tax=Money(tax, currency),
            costs=[
                DirectCost(label, Money(amount, currency), f"invoice of the {label}")
                for label, amount in zip(("patent", "appraisal"), amounts, strict=False)
            ],
        )

    def refund(self, payment: uuid.UUID, amount: int, reference: uuid.UUID | None = None):
        """Refund and give the money back at once."""
        ordered = self.order_refund(payment, amount, reference)
        refunds.make(refund_reference=ordered.pk)
        return ordered

    def order_refund(self, payment: uuid.UUID, amount: int, reference: uuid.UUID | None = None):
        return refunds.order(
            refund_reference=reference or uuid.uuid4(),
            payment_reference=payment,
            amount=Money(amount, self.plan.plan.currency),
        )

    def reserve(self, payee: Payee, amount: int | None = None, reference=None, payment=None):
        """Reserve what `payee` is owed of `payment`, or of the oldest of which something is owed."""
        return payouts.reserve(
            payout_reference=reference or uuid.uuid4(),
            payment_reference=payment or self.owing(payee),
            payee=payee,
            amount=None if amount is None else Money(amount, self.plan.plan.currency),
        )

    def owing(self, payee: Payee) -> uuid.UUID:
        """Return the oldest payment of which `payee` is owed something, the first one if of none."""
        own = (p for p in owing.parts(self.book) if (p.account.payee or PLATFORM) == payee)
        part = next(own, None)
        return part.payment_reference if part else self.payments[0]

    def hold(self, payment: uuid.UUID | None = None, reference=None) -> uuid.UUID:
        """Hold `payment`, or the whole deal; return the reference of the hold."""
        hold = holds.place(
            hold_reference=reference or uuid.uuid4(),
            deal_reference=self.reference,
            payment_reference=payment,
        )
        return hold.pk

    @property
    def book(self) -> Book:
        return Book.objects.get(pk=self.reference)

    def pay_out(self, payee: Payee) -> None:
        payouts.settle(payout_reference=self.reserve(payee).pk)

    @property
    def balances(self) -> dict[str, int]:
        """The balances that are not zero, by account without its collector and currency."""
        found = ledger.balances(self.book)
        return {self.short(name): balance for name, balance in found.items() if balance}

    def short(self, name: AccountName) -> str:
        people = {self.institution: "institution", self.brokerage: "broker", PLATFORM: "platform"}
        people |= {payee: f"inventor {i}" for i, payee in enumerate(self.inventors, 1)}
        return f"{name.kind} {people[name.payee]}" if name.payee else str(name.kind)


def make_deal(
    *, template: Plan | None = None, via: bool = False, reuse: Deal | None = None, **changes
) -> Deal:
    """Make a deal whose plan is `template` (`flat` with a fee of 2 %) with payees of its own.

    `via`: inventors are paid through the institution. `reuse`: with the payees of that deal.
    """
    institution, brokerage, inventors = (
        (reuse.institution, reuse.brokerage, reuse.inventors)
        if reuse
        else (
            organisation(make_organisation(state_established=True).pk),
            organisation(make_organisation(kind=Organisation.Kind.BROKERAGE).pk),
            tuple(user(make_user().pk) for _ in range(3)),
        )
    )
    deal = Deal(SplitPlan(), institution, brokerage, inventors, uuid.uuid4())
    deal.plan = _draw_up(template or flat(platform_fee=200), deal, via=via, **changes)
    return deal


def _draw_up(template: Plan, deal: Deal, *, via: bool = False, **changes) -> SplitPlan:
    """Store `template`, with the payees of `deal`, as the deal's next version."""
    stand_ins = {organisation(1): deal.institution, PLATFORM: PLATFORM}
    stand_ins |= {organisation(2): deal.brokerage, organisation(10): deal.brokerage}
    stand_ins |= {user(i): payee for i, payee in enumerate(deal.inventors, 1)}
    plan = _with_payees(template, stand_ins, deal.institution if via else None)
    return plans.add_version(
        deal_reference=deal.reference,
        plan=replace(plan, **changes),
        state_established=plan.contract_type is ContractType.LICENCE,
        on=SIGNED,
    )


def _with_payees(plan: Plan, stand_ins: dict[Payee, Payee], via: Payee | None) -> Plan:
    def member(old: Member) -> Member:
        payee = stand_ins[old.payee]
        if via is None or payee.kind != "user":
            return replace(old, payee=payee)
        return replace(old, payee=payee, route=Route.INSTITUTION, via=via)

    def share(old: Share) -> Share:
        return replace(old, members=tuple(member(one) for one in old.members))

    bearer = stand_ins[plan.loss_bearer]
    return replace(plan, shares=tuple(share(one) for one in plan.shares), loss_bearer=bearer)

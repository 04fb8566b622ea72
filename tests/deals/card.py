"""A deal on the card rail: the platform collects through the real client at the loopback gateway."""

from collections import Counter
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.utils import timezone

from brokers.deals import agreements, costs, performance, refunds
from brokers.deals.models import Deal, Milestone
from brokers.payments import charges, payout_accounts
from brokers.payments.loopback import person
from brokers.payments.models import Charge, PayoutAccount, Refund, Transfer
from brokers.payments.stripe.client import client
from brokers.settlement import ledger
from brokers.settlement.models import Book, LedgerTransaction
from marketplace.accounts.models import Organisation, User
from marketplace.money import Money
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.deals.factories import World
from tests.factories import in_group, make_user

EXAMPLE_A = {"shares": {"institution": 2000, "team": 7000, "broker": 1000}, "platform_fee": 200}


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def run_outbox() -> None:
    """Run the outbox until nothing is left to do, as if all waiting times were over, five times."""
    for _ in range(5):
        Effect.objects.filter(state=Effect.State.PENDING).update(next_attempt_at=timezone.now())
        if not effects.process_due():
            return


class CardWorld(World):
    """World whose agreements are paid by card; payees have completed accounts at the gateway."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bookkeeper = in_group(make_user(), "Finance")

    def terms(self, **plan: Any) -> dict[str, Any]:
        return super().terms(**EXAMPLE_A | plan) | {"collector": None}

    def open_accounts(self) -> None:
        for owner in (self.institution, self.researcher, self.broker):
            self.open_account(owner)

    def open_account(self, owner: Organisation | User) -> PayoutAccount:
        account = payout_accounts.open_account(
            owner=owner, gateway="stripe", opened_by=self.dean, country="HK"
        )
        page = payout_accounts.onboarding_url(
            account=account, refresh_url="http://x/", return_url="http://x/"
        )
        person.onboard(page)
        return payout_accounts.refresh(account_id=account.pk)

    def example(self, *further: int) -> Deal:
        """Return the signed deal of worked example A, with more milestones without costs."""
        deal = self.negotiating()
        costs = [("Patent", cny(120_000)), ("Appraisal", cny(30_000))]
        milestones = self.milestones(1_000_000, costs=costs) + [
            {**one, "title": f"Milestone {number}"}
            for number, one in enumerate(self.milestones(*further), start=2)
        ]
        draft = agreements.save_draft(
            deal=deal, terms=self.terms(), milestones=milestones, author=self.broker
        )
        self.sign(agreements.propose(agreement=draft, author=self.broker))
        deal.refresh_from_db()
        return deal

    def start(self, milestone: Milestone) -> Charge:
        """Open the payment page."""
        charge = performance.pay(
            milestone=milestone, gateway="stripe", payer=self.buyer, return_url="http://x/"
        )
        charges.start_checkout(charge=charge)
        return charge

    def pay(self, milestone: Milestone) -> Charge:
        charge = self.start(milestone)
        person.pay(charge.checkout_url)
        charges.refresh(charge_id=charge.pk)
        run_outbox()
        charge.refresh_from_db()
        return charge

    def settle_once(self, milestone: Milestone) -> None:
        """Deliver, accept and prove the costs, and run the outbox once."""
        performance.deliver(milestone=milestone, by=self.researcher)
        performance.accept(milestone=milestone, by=self.buyer)
        for cost in milestone.costs.all():
            evidence = self.file(milestone.agreement.deal)
            costs.prove(cost=cost, evidence=evidence, by=self.researcher)
            costs.approve(cost=cost, by=self.dean)
        effects.process_due()

    def settle(self, milestone: Milestone) -> None:
        self.settle_once(milestone)
        run_outbox()
        self.bill(milestone.agreement.deal)
        run_outbox()

    def refund(self, milestone: Milestone, amount: int, reference: Any) -> Refund:
        return refunds.request(
            milestone=milestone,
            amount=cny(amount),
            reason="Less was delivered.",
            by=self.bookkeeper,
            reference=reference,
        )

    def account_of(self, owner: Organisation | User) -> str:
        return PayoutAccount.objects.get(
            **{"organisation" if isinstance(owner, Organisation) else "user": owner}
        ).external_id

    def empty(self, owner: Organisation | User) -> None:
        """Let a payee send its money from the gateway to its own bank."""
        paid = Transfer.objects.filter(account__external_id=self.account_of(owner))
        amount = sum(paid.values_list("amount", flat=True))
        client().v1.payouts.create(
            {"amount": amount, "currency": "cny"}, {"stripe_account": self.account_of(owner)}
        )

    def balances(self, deal: Deal) -> dict[str, int]:
        """Return the balances that are not zero by kind and, where there is one, who is meant."""
        people = {
            f"organisation:{self.institution.pk}": "institution",
            f"user:{self.researcher.pk}": "team",
            f"user:{self.broker.pk}": "broker",
        }
        found = ledger.balances(Book.objects.get(pk=deal.pk))
        return {
            f"{name.kind} {people[name.payee.key]}" if name.payee else str(name.kind): balance
            for name, balance in found.items()
            if balance
        }


def ledger_check() -> str:
    """Run the command; return what it found, nothing when all is well."""
    errors = StringIO()
    try:
        call_command("ledger_check", stdout=StringIO(), stderr=errors)
    except CommandError:
        return errors.getvalue()
    return ""


def postings(deal: Deal) -> Counter[Any]:
    """Return what was posted for `deal`, whoever it was posted for."""
    return Counter(
        (
            posted.kind,
            tuple(sorted(posted.entries.values_list("account__kind", "amount", "currency"))),
        )
        for posted in LedgerTransaction.objects.filter(book=deal.pk)
    )

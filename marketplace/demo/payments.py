"""Sample money: bank transfers that two people confirm, and cards at the loopback gateway."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from brokers.deals import costs, files, performance
from brokers.deals.models import Agreement, Deal, DealFile, Milestone
from brokers.payments import bank_entries, charges, payout_accounts, registry
from brokers.payments.bank_entries import Line
from brokers.payments.models import Charge, PayoutAccount, Transfer
from brokers.settlement.models import Payout
from brokers.settlement.plan import PLATFORM, Payee, PayeeKind
from marketplace.accounts.models import Organisation, User
from marketplace.demo.compliance import text_file
from marketplace.demo.papers import bill_commissions
from marketplace.demo.people import person
from marketplace.money import Money
from marketplace.outbox import effects


@dataclass(frozen=True)
class Cashier:
    """Does what payers, payees and finance do. `click` works a page of the card gateway."""

    click_pay: Callable[[str], object]
    click_onboard: Callable[[str], object]

    def open_accounts(self, agreement: Agreement, *, gateway: str) -> None:
        """Open an account with `gateway` for everybody whom the agreement pays."""
        if agreement.plan is None:
            raise LookupError(agreement)
        payees = {member.via or member.payee for member in agreement.plan.plan.members}
        owners = [_owner(payee) for payee in payees]
        if agreement.collector is not None:
            owners.append(agreement.collector)
        for owner in owners:
            self._open_account(owner, gateway)

    def _open_account(self, owner: Organisation | User | None, gateway: str) -> None:
        opened = PayoutAccount.objects.filter(gateway=gateway, status=PayoutAccount.Status.ACTIVE)
        is_there = owner is None and registry.get(gateway).for_platform
        if is_there or opened.filter(**payout_accounts.owner_columns(owner)).exists():
            return
        account = payout_accounts.open_account(
            owner=owner,
            gateway=gateway,
            opened_by=owner if isinstance(owner, User) else person("finance.entry@example.org"),
            country="GB",
            holder=owner.name if owner else "示例平台 (sample platform)",
            bank="示例银行 (sample bank)",
            number=f"62220000{owner.pk if owner else 0:08d}",
        )
        home = settings.SITE_URL
        page = payout_accounts.onboarding_url(account=account, refresh_url=home, return_url=home)
        if page:
            self.click_onboard(page)
            payout_accounts.refresh(account_id=account.pk)

    def pay(self, milestone: Milestone, *, gateway: str, payer: User) -> None:
        """Pay `milestone` and wait until it is in the books."""
        charge = performance.pay(
            milestone=milestone, gateway=gateway, payer=payer, return_url=settings.SITE_URL
        )
        checkout = charges.start_checkout(charge=charge)
        if checkout.url:
            self.click_pay(checkout.url)
            charges.refresh(charge_id=charge.pk)
        else:
            _receive(charge)
        effects.process_due()

    def settle(self, milestone: Milestone, proofs: list[str], *, team: User, buyer: User) -> None:
        """Deliver and accept `milestone`, prove its costs, and have paid out what can be paid."""
        deal = milestone.agreement.deal
        performance.deliver(milestone=milestone, by=team)
        performance.accept(milestone=milestone, by=buyer)
        for cost, number in zip(milestone.costs.all(), proofs, strict=True):
            evidence = files.add(
                deal=deal,
                upload=text_file(f"{number}.txt", f"{cost.title}: {cost.money} ({number}, sample)"),
                kind=DealFile.Kind.EVIDENCE,
                title=number,
                by=team,
            )
            costs.prove(cost=cost, evidence=evidence, by=team)
            costs.approve(cost=cost, by=buyer)
        effects.process_due()
        bill_commissions(deal, milestone.currency)

    def pay_out(self, deal: Deal) -> None:
        """Make at the bank what is to be paid there in `deal`."""
        payouts = Payout.objects.filter(book=deal.pk).values("pk")
        for transfer in Transfer.objects.filter(state="by_hand", reference__in=payouts):
            _pay_by_hand(transfer)
        effects.process_due()


def _owner(payee: Payee) -> Organisation | User | None:
    if payee == PLATFORM:
        return None
    model = Organisation if payee.kind is PayeeKind.ORGANISATION else User
    return model.objects.get(pk=payee.id)


def _receive(charge: Charge) -> None:
    line = _line(charge.money, f"SAMPLE-{charge.code}")
    entry = bank_entries.record_receipt(
        charge=charge, line=line, recorded_by=person("finance.entry@example.org")
    )
    bank_entries.confirm(entry=entry, confirmed_by=person("finance.check@example.org"))


def _pay_by_hand(transfer: Transfer) -> None:
    line = _line(transfer.money, f"SAMPLE-OUT-{transfer.pk.hex[:10].upper()}")
    entry = bank_entries.record_payout(
        order=transfer, line=line, recorded_by=person("finance.entry@example.org")
    )
    bank_entries.confirm(entry=entry, confirmed_by=person("finance.check@example.org"))


def _line(amount: Money, reference: str) -> Line:
    return Line(
        amount=amount,
        bank_reference=reference,
        booked_on=timezone.localdate(),
        evidence=text_file(f"{reference}.txt", f"{reference}: {amount} (sample)"),
    )

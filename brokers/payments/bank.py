"""Bank transfer (对公转账): people look at the bank, and what two of them agree on is what it says.

The gateway calls nobody. It reads the confirmed entries as another gateway reads its provider's answers,
so that charges, transfers and refunds follow the same path whoever moves the money.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from brokers.payments.gateway import (
    Account,
    AccountOrder,
    Chargeback,
    Checkout,
    CheckoutOrder,
    Event,
    ForgedEvent,
    Instructions,
    Outcome,
    Payment,
    PayoutFailure,
    RefundOrder,
    Refused,
    ReversalOrder,
    State,
    TransferOrder,
)
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    BankReceipt,
    BankReturn,
    Charge,
    PayoutAccount,
)
from marketplace.money import Money

_CONFIRMED = BankEntry.State.CONFIRMED


class BankGateway:
    label = _("Bank transfer")
    by_hand = True
    for_platform = False
    account_fields = ("holder", "bank", "number")

    def __init__(self, name: str) -> None:
        self.name = name

    def refusal(self, amount: Money, *, collector: Any) -> Any:
        if collector is None:
            return _("A bank transfer needs a collector with a bank account.")
        return (
            ""
            if self._account_of(collector)
            else _("The collector has not given its bank account.")
        )

    def start_checkout(self, order: CheckoutOrder) -> Checkout:
        return Checkout(external_id=order.code, url="")

    def cancel_checkout(self, external_id: str) -> None:
        return None

    def instructions(self, order: CheckoutOrder, *, collector: Any) -> Instructions | None:
        account = self._account_of(collector)
        if account is None:
            return None
        return Instructions(
            holder=account.holder, bank=account.bank, number=account.external_id, code=order.code
        )

    def fetch_payment(self, row: str, checkout: str) -> Payment:
        receipt = BankReceipt.objects.filter(charge__pk=row, state=_CONFIRMED).first()
        if receipt is None:
            return Payment(state=State.PENDING, amount=Charge.objects.get(pk=row).money)
        return Payment(
            state=State.DONE,
            amount=receipt.money,
            fee=Money.zero(receipt.currency),
            payment_id=receipt.bank_reference,
        )

    def send_transfer(self, order: TransferOrder) -> Outcome:
        return Outcome(state=State.BY_HAND, row=order.row)

    def find_transfer(self, order: TransferOrder) -> Outcome | None:
        return self.fetch_transfer(order.row, "")

    def fetch_transfer(self, row: str, external_id: str) -> Outcome:
        return _paid_by_hand(row, transfer=row)

    def send_reversal(self, order: ReversalOrder) -> Outcome:
        raise Refused("a bank transfer cannot be taken back", code="not_reversible")

    def find_reversal(self, order: ReversalOrder) -> Outcome | None:
        return None

    def send_refund(self, order: RefundOrder) -> Outcome:
        return Outcome(state=State.BY_HAND, row=order.row)

    def find_refund(self, order: RefundOrder) -> Outcome | None:
        return self.fetch_refund(order.row, "")

    def fetch_refund(self, row: str, external_id: str) -> Outcome:
        return _paid_by_hand(row, refund=row)

    def fetch_dispute(self, external_id: str) -> Chargeback | None:
        return None

    def open_account(self, order: AccountOrder) -> Account:
        return Account(state=State.DONE, external_id=order.number)

    def onboarding_url(self, external_id: str, *, refresh_url: str, return_url: str) -> str:
        return ""

    def fetch_account(self, external_id: str) -> Account:
        return Account(state=State.DONE, external_id=external_id)

    def fetch_failed_payouts(self, external_id: str) -> list[PayoutFailure]:
        return []

    def explain(self, code: str) -> Any:
        return code

    def explain_refund(self, reason: str) -> Any:
        return reason

    def balances(self) -> dict[tuple[str, str], int]:
        held: dict[tuple[str, str], int] = {}
        for entries, sign in (
            (BankReceipt.objects.all(), 1),
            (BankPayout.objects.all(), -1),
            (BankReturn.objects.filter(came_back=True), 1),
        ):
            confirmed = entries.filter(state=_CONFIRMED).order_by()
            totals = confirmed.values_list("collector", "currency").annotate(Sum("amount"))
            for collector, currency, total in totals:
                key = (f"organisation:{collector}", currency)
                held[key] = held.get(key, 0) + sign * total
        return held

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        raise ForgedEvent("a bank sends no events")

    def _account_of(self, collector: Any) -> PayoutAccount | None:
        return PayoutAccount.objects.filter(
            organisation=collector, gateway=self.name, status=PayoutAccount.Status.ACTIVE
        ).first()


def _paid_by_hand(row: str, **subject: str) -> Outcome:
    returned = BankReturn.objects.filter(**subject, state=_CONFIRMED).first()
    if returned is not None:
        return Outcome(state=State.FAILED, row=row, failure=returned.note)
    entry = BankPayout.objects.filter(**subject, state=_CONFIRMED).first()
    if entry is None:
        return Outcome(state=State.BY_HAND, row=row)
    return Outcome(state=State.DONE, row=row, external_id=entry.bank_reference)

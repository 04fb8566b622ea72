"""Every call to Stripe.

Invariants: a call that moves or promises money carries a key; what Stripe keeps carries our UUID.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from brokers.payments.gateway import (
    PLATFORM,
    Account,
    AccountOrder,
    Chargeback,
    Checkout,
    CheckoutOrder,
    Event,
    Outcome,
    Payment,
    PayoutFailure,
    RefundOrder,
    Refused,
    ReversalOrder,
    TransferOrder,
)
from brokers.payments.stripe import events, readings, words
from brokers.payments.stripe.client import client, translated
from brokers.payments.stripe.units import LARGEST, from_units, to_units
from marketplace import money
from marketplace.money import Money

_AT_BANK = ("paid", "pending", "in_transit")
"""States of a payout of the platform to its own bank, whose money it still holds for others."""

_LOCALES = {"zh-hans": "zh", "en": "en"}


class StripeGateway:
    """Separate charges and transfers: the platform is paid, and pays connected accounts."""

    label = _("Card or wallet")
    by_hand = False
    for_platform = True
    account_fields = ("country",)

    def __init__(self, name: str) -> None:
        self.name = name

    def refusal(self, amount: Money, *, collector: Any) -> Any:
        if not settings.STRIPE_API_KEY:
            return _("Online payment is not set up.")
        if collector is not None:
            return _("Online payments go to the platform, not to another collector.")
        if amount.currency not in settings.STRIPE_CURRENCIES:
            return _("Online payment is not possible in this currency.")
        try:
            units = to_units(amount)
        except Refused:
            return _("Online payment needs an amount whose last decimal is 0.")
        return _("This amount is too large for online payment.") if units > LARGEST else ""

    def start_checkout(self, order: CheckoutOrder) -> Checkout:
        metadata = {"charge": order.row}
        price: Any = {
            "currency": order.amount.currency.lower(),
            "unit_amount": to_units(order.amount),
            "product_data": {"name": order.description},
        }
        with translated():
            session = client().v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": order.row,
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "metadata": metadata,
                    "payment_intent_data": {
                        "capture_method": "automatic",
                        "description": f"{order.description} ({order.code})",
                        "metadata": metadata,
                        "transfer_group": order.group,
                    },
                    "adaptive_pricing": {"enabled": False},
                    "locale": _LOCALES.get(order.language, "auto"),
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                },
                {"idempotency_key": order.key},
            )
        return Checkout(external_id=session.id, url=session.url or "")

    def cancel_checkout(self, external_id: str) -> None:
        with translated():
            client().v1.checkout.sessions.expire(external_id)

    def instructions(self, order: CheckoutOrder, *, collector: Any) -> None:
        return None

    def fetch_payment(self, row: str, checkout: str) -> Payment:
        with translated():
            found = client().v1.checkout.sessions.retrieve(
                checkout, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
            )
        return readings.payment(found.to_dict())

    def send_transfer(self, order: TransferOrder) -> Outcome:
        params: Any = {
            "amount": to_units(order.amount),
            "currency": order.amount.currency.lower(),
            "destination": order.destination,
            "transfer_group": order.group,
            "metadata": {"transfer": order.row},
        }
        if order.source:
            params["source_transaction"] = order.source
        with translated():
            made = client().v1.transfers.create(params, {"idempotency_key": order.key})
        return readings.moved(made.to_dict(), "transfer")

    def find_transfer(self, order: TransferOrder) -> Outcome | None:
        with translated():
            made = client().v1.transfers.list({"transfer_group": order.group, "limit": 100})
            outcomes = [
                readings.moved(one.to_dict(), "transfer") for one in made.auto_paging_iter()
            ]
        return _own(outcomes, order.row)

    def fetch_transfer(self, row: str, external_id: str) -> Outcome:
        with translated():
            found = client().v1.transfers.retrieve(external_id)
        return readings.moved(found.to_dict(), "transfer")

    def send_reversal(self, order: ReversalOrder) -> Outcome:
        with translated():
            made = client().v1.transfers.reversals.create(
                order.transfer,
                {"amount": to_units(order.amount), "metadata": {"reversal": order.row}},
                {"idempotency_key": order.key},
            )
        return readings.moved(made.to_dict(), "reversal")

    def find_reversal(self, order: ReversalOrder) -> Outcome | None:
        with translated():
            made = client().v1.transfers.reversals.list(order.transfer, {"limit": 100})
            outcomes = [
                readings.moved(one.to_dict(), "reversal") for one in made.auto_paging_iter()
            ]
        return _own(outcomes, order.row)

    def send_refund(self, order: RefundOrder) -> Outcome:
        with translated():
            made = client().v1.refunds.create(
                {
                    "payment_intent": order.payment,
                    "amount": to_units(order.amount),
                    "metadata": {"refund": order.row},
                },
                {"idempotency_key": order.key},
            )
        return readings.refund(made.to_dict())

    def find_refund(self, order: RefundOrder) -> Outcome | None:
        with translated():
            made = client().v1.refunds.list({"payment_intent": order.payment, "limit": 100})
            outcomes = [readings.refund(one.to_dict()) for one in made.auto_paging_iter()]
        return _own(outcomes, order.row)

    def fetch_refund(self, row: str, external_id: str) -> Outcome:
        with translated():
            found = client().v1.refunds.retrieve(external_id)
        return readings.refund(found.to_dict())

    def fetch_dispute(self, external_id: str) -> Chargeback | None:
        with translated():
            found = client().v1.disputes.retrieve(external_id, {"expand": ["charge"]})
        return readings.chargeback(found.to_dict())

    def open_account(self, order: AccountOrder) -> Account:
        with translated():
            made = client().v1.accounts.create(
                {
                    "type": "express",
                    "country": order.country,
                    "capabilities": {"transfers": {"requested": True}},
                    "metadata": {"account": order.row},
                },
                {"idempotency_key": order.key},
            )
        return readings.account(made.to_dict())

    def onboarding_url(self, external_id: str, *, refresh_url: str, return_url: str) -> str:
        with translated():
            link = client().v1.account_links.create(
                {
                    "account": external_id,
                    "type": "account_onboarding",
                    "refresh_url": refresh_url,
                    "return_url": return_url,
                }
            )
        return link.url

    def fetch_account(self, external_id: str) -> Account:
        with translated():
            return readings.account(client().v1.accounts.retrieve(external_id).to_dict())

    def fetch_failed_payouts(self, external_id: str) -> list[PayoutFailure]:
        with translated():
            sent = client().v1.payouts.list({"limit": 20}, {"stripe_account": external_id})
        return readings.failed_payouts([one.to_dict() for one in sent.data])

    def explain(self, code: str) -> Any:
        return words.explain(code)

    def explain_refund(self, reason: str) -> Any:
        return words.explain_refund(reason)

    def balances(self) -> dict[tuple[str, str], int]:
        if not settings.STRIPE_API_KEY:
            return {}
        with translated():
            balance = client().v1.balance.retrieve().to_dict()
            sent = client().v1.payouts.list({"limit": 100})
            payouts = [one.to_dict() for one in sent.auto_paging_iter()]
        at_bank = [one for one in payouts if one["status"] in _AT_BANK]
        held: dict[tuple[str, str], int] = {}
        for entry in [*balance["available"], *balance["pending"], *at_bank]:
            if entry["currency"].upper() in money.CURRENCIES:
                part = from_units(entry["amount"], entry["currency"])
                key = (PLATFORM, part.currency)
                held[key] = held.get(key, 0) + part.amount
        return held

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        return events.read(body, headers.get("Stripe-Signature", ""))


def _own(outcomes: list[Outcome], row: str) -> Outcome | None:
    return next((outcome for outcome in outcomes if outcome.row == row), None)

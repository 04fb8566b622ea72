"""What the marketplace asks of whoever moves money, and in which words.

Amounts are `Money` in ISO minor units; a gateway converts to its own units inside. Every order carries
the key that makes repeating it harmless, and the UUID of its row, by which it can be found again.
Nothing outside the settings knows a gateway by name: what differs is an attribute or an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from marketplace.money import Money

PLATFORM = "platform"
"""The collector key of the platform itself; an organisation's is `organisation:<id>`."""


class GatewayError(Exception):
    """A call did not do what it should."""


class Refused(GatewayError):
    """The gateway said no, and nothing was done. `code` is the gateway's, `str()` its reason."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class OutOfFunds(Refused):
    """The balance that should pay is too small; later it may not be."""


class OutcomeUnknown(GatewayError):
    """No answer, or none that says whether it was done: repeat with the same key, or look it up."""


class ForgedEvent(GatewayError):
    """What claims to come from the gateway does not, or cannot be read."""


class State(StrEnum):
    """How far the gateway is with something."""

    PENDING = "pending"
    BY_HAND = "by_hand"
    DONE = "done"
    FAILED = "failed"


class Subject(StrEnum):
    """What an event is about."""

    CHARGE = "charge"
    TRANSFER = "transfer"
    REFUND = "refund"
    DISPUTE = "dispute"
    ACCOUNT = "account"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class CheckoutOrder:
    """A payment to be made by a person; `group` ties later transfers to it."""

    row: str
    key: str
    amount: Money
    code: str
    description: str
    group: str
    language: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """Where the payment is made: the gateway's id, and its page (empty: there is none)."""

    external_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """What a payer writes on a bank transfer."""

    holder: str
    bank: str
    number: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Payment:
    """A payment as the gateway knows it. `fee` is set once it is `DONE`."""

    state: State
    amount: Money
    fee: Money | None = None
    payment_id: str = ""
    charge_id: str = ""
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class TransferOrder:
    """Money from the collector to a payee's account, out of the payment `source` when given."""

    row: str
    key: str
    amount: Money
    destination: str
    group: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ReversalOrder:
    """Money of a transfer taken back from its payee."""

    row: str
    key: str
    amount: Money
    transfer: str


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """Money of a payment given back to its payer."""

    row: str
    key: str
    amount: Money
    payment: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an order; `row` is the UUID that the gateway keeps with it."""

    state: State
    row: str
    external_id: str = ""
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class AccountOrder:
    """An account where a payee wants to be paid. A gateway reads the fields that it names."""

    row: str
    key: str
    country: str = ""
    holder: str = ""
    bank: str = ""
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A payee's account: `PENDING` until it can receive, `FAILED` when it may not any more.

    `missing` is what the gateway still asks of its owner and `disabled_reason` why it stopped it, both
    in the gateway's own names; see `Gateway.explain`.
    """

    state: State
    external_id: str
    missing: tuple[str, ...] = ()
    disabled_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PayoutFailure:
    """What a payee's own bank sent back to its account at the gateway; `code` as the gateway says."""

    external_id: str
    amount: Money
    code: str
    failed_on: date


@dataclass(frozen=True, kw_only=True)
class Chargeback:
    """What the payer's bank took back of charge `row`: `DONE` is won, `FAILED` lost, else open.

    `fee` is what that cost, `fee_returned` what came back of it.
    """

    state: State
    row: str
    amount: Money
    fee: Money
    fee_returned: Money


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at the gateway: about which row, and under which id there."""

    id: str
    kind: str
    subject: Subject
    row: str
    external_id: str


class Gateway(Protocol):
    """One way of moving money.

    Every call may raise `OutcomeUnknown`; calls that move or promise money may raise `Refused`.
    """

    name: str
    """What the settings call it."""
    label: Any
    """Its name for people, translated."""
    by_hand: bool
    """Whether people record and confirm what was received and paid."""
    for_platform: bool
    """Whether the money it moves is the platform's; otherwise it is an organisation's."""
    account_fields: tuple[str, ...]
    """Which fields of `AccountOrder` a payee fills in."""

    def refusal(self, amount: Money, *, collector: Any) -> Any:
        """Return why `amount` cannot be received for `collector`, for people; empty if it can."""

    def start_checkout(self, order: CheckoutOrder) -> Checkout:
        """Prepare the payment; the same key returns the same checkout."""

    def cancel_checkout(self, external_id: str) -> None:
        """Close the checkout for good. Raises `Refused` when it is paid or closed already."""

    def instructions(self, order: CheckoutOrder, *, collector: Any) -> Instructions | None:
        """Return what the payer needs to pay without a page of the gateway, if it works that way."""

    def fetch_payment(self, row: str, checkout: str) -> Payment:
        """Return the payment of charge `row` as it stands now at `checkout`."""

    def send_transfer(self, order: TransferOrder) -> Outcome:
        """Move the money to the payee."""

    def find_transfer(self, order: TransferOrder) -> Outcome | None:
        """Look an order up by its group and row; None when the gateway never got it."""

    def fetch_transfer(self, row: str, external_id: str) -> Outcome:
        """Return a transfer as it stands now."""

    def send_reversal(self, order: ReversalOrder) -> Outcome:
        """Take the money back from the payee."""

    def find_reversal(self, order: ReversalOrder) -> Outcome | None:
        """Look a reversal up among those of its transfer."""

    def send_refund(self, order: RefundOrder) -> Outcome:
        """Give the money back to the payer."""

    def find_refund(self, order: RefundOrder) -> Outcome | None:
        """Look a refund up among those of its payment."""

    def fetch_refund(self, row: str, external_id: str) -> Outcome:
        """Return a refund as it stands now."""

    def fetch_dispute(self, external_id: str) -> Chargeback | None:
        """Return a dispute as it stands now; None while it moved no money, or is not about us."""

    def open_account(self, order: AccountOrder) -> Account:
        """Open an account where a payee can be paid; the same key returns the same account."""

    def onboarding_url(self, external_id: str, *, refresh_url: str, return_url: str) -> str:
        """Return the page where the payee completes the account; empty when nothing is left to do."""

    def fetch_account(self, external_id: str) -> Account:
        """Return an account as it stands now."""

    def fetch_failed_payouts(self, external_id: str) -> list[PayoutFailure]:
        """Return what an account could not pay out to its owner's bank since something arrived there."""

    def explain(self, code: str) -> Any:
        """Say, translated, what a name in an `Account` or a `PayoutFailure` means and what to do."""

    def explain_refund(self, reason: str) -> Any:
        """Say why a refund failed, from its `Outcome`: translated, or in the gateway's own words."""

    def balances(self) -> dict[tuple[str, str], int]:
        """Return minor units held, by collector key and currency; at its own bank too."""

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """Return what a webhook says. Raises `ForgedEvent`."""

"""The chart of accounts: which kinds there are, and on which side each must stand.

Invariant: debit is positive, credit negative. An account is named by who holds the money (the
collector), its kind, the party that it concerns and its currency.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokers.settlement.plan import PLATFORM, Payee


class AccountKind(models.TextChoices):
    CASH = "cash", _("cash at the collector")
    ADVANCE = "advance", _("received, not yet accepted")
    FEES = "fees", _("payment fees to be recovered")
    TAX_PAYABLE = "tax_payable", _("tax payable")
    DIRECT_COSTS = "direct_costs", _("direct costs")
    PLATFORM = "platform", _("platform")
    PAYABLE = "payable", _("payable")
    IN_FLIGHT = "in_flight", _("payout on its way")
    REFUND_DUE = "refund_due", _("refund on its way")
    HELD = "held", _("held for a complaint")
    RECEIVABLE = "receivable", _("receivable")
    REFUND_LOSS = "refund_loss", _("loss on refunds")
    DISPUTE_HOLD = "dispute_hold", _("held for a dispute")


class Side(Enum):
    """Where an account's balance must be: at or above zero, at or below it, or anywhere."""

    DEBIT = 1
    CREDIT = -1
    EITHER = 0


SIDES = {
    AccountKind.CASH: Side.EITHER,
    AccountKind.ADVANCE: Side.CREDIT,
    AccountKind.FEES: Side.DEBIT,
    AccountKind.TAX_PAYABLE: Side.CREDIT,
    AccountKind.DIRECT_COSTS: Side.CREDIT,
    AccountKind.PLATFORM: Side.CREDIT,
    AccountKind.PAYABLE: Side.CREDIT,
    AccountKind.IN_FLIGHT: Side.CREDIT,
    AccountKind.REFUND_DUE: Side.CREDIT,
    AccountKind.HELD: Side.CREDIT,
    AccountKind.RECEIVABLE: Side.DEBIT,
    AccountKind.REFUND_LOSS: Side.DEBIT,
    AccountKind.DISPUTE_HOLD: Side.DEBIT,
}
"""Cash may stand on either: a refund can leave a collector short of fees and costs already spent."""


@dataclass(frozen=True, slots=True)
class AccountName:
    """Which account: all that distinguishes it within the books of one deal.

    `payee` is set for payables, and for what is held and for receivables unless it is the platform.
    """

    collector_key: str
    kind: AccountKind
    currency: str
    payee: Payee | None = None

    @property
    def code(self) -> str:
        """The name as a text, unique within a book."""
        party = f":{self.payee.key}" if self.payee else ""
        return f"{self.collector_key}/{self.kind}{party}/{self.currency}"


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts that one collector holds in one currency."""

    collector_key: str
    currency: str

    def __getitem__(self, kind: AccountKind) -> AccountName:
        """Return the account of a kind that concerns no party."""
        return AccountName(self.collector_key, kind, self.currency)

    def owed_to(self, payee: Payee, *, held: bool = False) -> AccountName:
        """Return where the collector owes `payee` its share, which a complaint may hold."""
        if held:
            return self._of_party(AccountKind.HELD, payee)
        if payee == PLATFORM:
            return self[AccountKind.PLATFORM]
        return AccountName(self.collector_key, AccountKind.PAYABLE, self.currency, payee)

    def owed_by(self, payee: Payee) -> AccountName:
        """Return where `payee` owes what it has to give back."""
        return self._of_party(AccountKind.RECEIVABLE, payee)

    def loss_of(self, bearer: Payee) -> AccountName:
        """Return where spent fees and costs of a refund go: the platform's own loss, or a claim."""
        return self[AccountKind.REFUND_LOSS] if bearer == PLATFORM else self.owed_by(bearer)

    def _of_party(self, kind: AccountKind, payee: Payee) -> AccountName:
        party = None if payee == PLATFORM else payee
        return AccountName(self.collector_key, kind, self.currency, party)

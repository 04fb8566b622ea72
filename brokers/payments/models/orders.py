"""Orders to move money: transfers to payees, their reversals, refunds to payers.

Invariants, kept by the database: a `reference` is ordered once; amounts are above zero. The key an order
goes out with changes only when it is certain that the earlier one did nothing.
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments import codes
from brokers.payments.gateway import (
    Gateway,
    Outcome,
    RefundOrder,
    ReversalOrder,
    TransferOrder,
)
from brokers.payments.gateway import State as GatewayState
from brokers.payments.models.accounts import PayoutAccount
from brokers.payments.models.charges import Charge
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField, money_property


class Order(models.Model):
    """What all orders share. `sent_at` is when the current key went out first."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        SENT = "sent", _("under way")
        BY_HAND = "by_hand", _("to be paid by hand")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")

    OPEN: ClassVar = (State.REQUESTED, State.SENT, State.BY_HAND)
    noun: ClassVar[str]
    """Its name in effects: `payments.<noun>` carries it out, `payments.<noun>_paid` tells."""
    waits_for_funds: ClassVar[bool]
    """Whether it is tried again when a balance is too small, rather than failing."""
    subject: ClassVar[tuple[str, ...]]
    """The columns that say what it is about."""
    may_come_back: ClassVar[bool] = False
    """Whether it can still fail after it was paid."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.UUIDField(unique=True)
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.REQUESTED
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(default=timezone.now)
    external_id = models.CharField(max_length=255, blank=True)
    failure = models.TextField(_("why it failed"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    requested_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(_("paid on"), null=True)

    money = money_property("amount")

    class Meta:
        abstract = True
        ordering: ClassVar = ["requested_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="%(class)s_above_zero")
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.pk} · {self.money}"

    @property
    def code(self) -> str:
        """The reference code that goes with it where people pay it at a bank."""
        return codes.of(self.pk)

    @property
    def key(self) -> str:
        """The idempotency key of the current attempt."""
        return f"{self.noun}:{self.pk}:{self.attempt}"

    @property
    def identity(self) -> tuple[Any, ...]:
        """What two orders under one reference must share to be the same order."""
        return (self.amount, self.currency, *(getattr(self, name) for name in self.subject))

    @property
    def gateway(self) -> str:
        """The name of the gateway that carries it out."""
        raise NotImplementedError

    @property
    def collector(self) -> Organisation | None:
        """Whose money it moves; None: the platform's."""
        raise NotImplementedError

    def send(self, gateway: Gateway) -> Outcome:
        """Order it from `gateway`."""
        raise NotImplementedError

    def find(self, gateway: Gateway) -> Outcome | None:
        """Look it up at `gateway` without knowing its id there."""
        raise NotImplementedError

    def fetch(self, gateway: Gateway, external_id: str) -> Outcome:
        """Return how it stands at `gateway` now."""
        raise NotImplementedError


class Transfer(Order):
    noun = "transfer"
    subject = ("account_id", "payer_id", "charge_id")
    waits_for_funds = True
    may_come_back = True

    account = models.ForeignKey(
        PayoutAccount, models.PROTECT, related_name="transfers", verbose_name=_("payee")
    )
    payer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("collector"), null=True
    )
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="transfers", null=True)
    held = models.BooleanField(_("held"), default=False)

    class Meta(Order.Meta):
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")

    @property
    def gateway(self) -> str:
        return self.account.gateway

    @property
    def collector(self) -> Organisation | None:
        return self.payer

    def order(self) -> TransferOrder:
        """Return the transfer as it is ordered from the gateway."""
        return TransferOrder(
            row=str(self.pk),
            key=self.key,
            amount=self.money,
            destination=self.account.external_id,
            group=self.charge.group if self.charge else f"transfer_{self.pk}",
            source=self.charge.external_id if self.charge else "",
        )

    def send(self, gateway: Gateway) -> Outcome:
        return gateway.send_transfer(self.order())

    def find(self, gateway: Gateway) -> Outcome | None:
        return gateway.find_transfer(self.order())

    def fetch(self, gateway: Gateway, external_id: str) -> Outcome:
        return gateway.fetch_transfer(str(self.pk), external_id)


class Reversal(Order):
    noun = "reversal"
    subject = ("transfer_id",)
    waits_for_funds = False

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="reversals")

    class Meta(Order.Meta):
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")

    @property
    def gateway(self) -> str:
        return self.transfer.gateway

    @property
    def collector(self) -> Organisation | None:
        return self.transfer.collector

    def order(self) -> ReversalOrder:
        """Return the reversal as it is ordered from the gateway."""
        return ReversalOrder(
            row=str(self.pk),
            key=self.key,
            amount=self.money,
            transfer=self.transfer.external_id,
        )

    def send(self, gateway: Gateway) -> Outcome:
        return gateway.send_reversal(self.order())

    def find(self, gateway: Gateway) -> Outcome | None:
        return gateway.find_reversal(self.order())

    def fetch(self, gateway: Gateway, external_id: str) -> Outcome:
        found = gateway.find_reversal(self.order())
        return found or Outcome(state=GatewayState.PENDING, row=str(self.pk))


class Refund(Order):
    noun = "refund"
    subject = ("charge_id",)
    waits_for_funds = True
    may_come_back = True

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds")
    reason = models.CharField(_("reason"), max_length=200)

    class Meta(Order.Meta):
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")

    @property
    def gateway(self) -> str:
        return self.charge.gateway

    @property
    def collector(self) -> Organisation | None:
        return self.charge.collector

    def order(self) -> RefundOrder:
        """Return the refund as it is ordered from the gateway."""
        return RefundOrder(
            row=str(self.pk), key=self.key, amount=self.money, payment=self.charge.payment_id
        )

    def send(self, gateway: Gateway) -> Outcome:
        return gateway.send_refund(self.order())

    def find(self, gateway: Gateway) -> Outcome | None:
        return gateway.find_refund(self.order())

    def fetch(self, gateway: Gateway, external_id: str) -> Outcome:
        return gateway.fetch_refund(str(self.pk), external_id)

"""What people saw at the bank: money received, money paid, money that did not arrive.

Invariants, kept by the database: who confirms an entry is never who recorded it; a charge, a transfer
and a refund each have at most one entry of a kind that stands; a line of a statement is used once.
"""

import uuid
from typing import ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.models.charges import Charge
from brokers.payments.models.orders import Refund, Transfer
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField, money_property
from marketplace.files.models import StoredFile

_STANDS = Q(state__in=["recorded", "confirmed"])


class BankEntry(models.Model):
    """A line of the collector's bank statement; `amount` is above zero in both directions."""

    class State(models.TextChoices):
        RECORDED = "recorded", _("to be confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("rejected")

    STANDING = (State.RECORDED, State.CONFIRMED)
    """The states of entries that say what was received, paid or came back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collector = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    bank_reference = models.CharField(_("bank's transaction number"), max_length=64)
    booked_on = models.DateField(_("booked on"))
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("evidence")
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.RECORDED
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("why it was rejected"), max_length=500, blank=True)

    money = money_property("amount")

    class Meta:
        abstract = True
        ordering: ClassVar = ["recorded_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="%(class)s_above_zero"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("recorded_by"))),
                name="%(class)s_second_person",
            ),
            models.UniqueConstraint(
                fields=["collector", "bank_reference"],
                condition=_STANDS,
                name="%(class)s_line_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_reference} · {self.money}"

    @property
    def subject(self) -> Charge | Transfer | Refund:
        """The charge, transfer or refund that it is about."""
        raise NotImplementedError


class BankReceipt(BankEntry):
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="receipts")

    class Meta(BankEntry.Meta):
        verbose_name = _("bank receipt")
        verbose_name_plural = _("bank receipts")
        constraints: ClassVar = [
            *BankEntry.Meta.constraints,
            models.UniqueConstraint(fields=["charge"], condition=_STANDS, name="bankreceipt_once"),
        ]

    @property
    def subject(self) -> Charge:
        return self.charge


def _one_order(kind: str) -> list[models.BaseConstraint]:
    """Return what makes an entry of `kind` be about one transfer or refund, which has no other."""
    return [
        models.CheckConstraint(
            condition=Q(transfer__isnull=True) ^ Q(refund__isnull=True),
            name=f"{kind}_one_subject",
        ),
        *(
            models.UniqueConstraint(
                fields=[subject], condition=_STANDS, name=f"{kind}_once_{subject}"
            )
            for subject in ("transfer", "refund")
        ),
    ]


class BankPayout(BankEntry):
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="bank_payouts", null=True)
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="bank_payouts", null=True)

    class Meta(BankEntry.Meta):
        verbose_name = _("bank payout")
        verbose_name_plural = _("bank payouts")
        constraints: ClassVar = [*BankEntry.Meta.constraints, *_one_order("bankpayout")]

    @property
    def subject(self) -> Transfer | Refund:
        return self.transfer or cast("Refund", self.refund)


class BankReturn(BankEntry):
    """The bank refused a payment, or it came back. `note` is the bank's reason."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="bank_returns", null=True)
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="bank_returns", null=True)
    note = models.CharField(_("the bank's reason"), max_length=200)
    came_back = models.BooleanField(_("had been paid"))

    class Meta(BankEntry.Meta):
        verbose_name = _("returned bank payment")
        verbose_name_plural = _("returned bank payments")
        constraints: ClassVar = [*BankEntry.Meta.constraints, *_one_order("bankreturn")]

    @property
    def subject(self) -> Transfer | Refund:
        return self.transfer or cast("Refund", self.refund)

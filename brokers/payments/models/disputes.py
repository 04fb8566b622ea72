"""Disputes: the payer's bank took the money of a charge back, until it decides.

Invariants, kept by the database: one row for a dispute at the gateway; amounts make sense.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.models.charges import Charge
from marketplace.amounts import CurrencyField, money_property


class Dispute(models.Model):
    """`fee` is what the dispute cost when it was opened, `fee_returned` what came back of that."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        WON = "won", _("won")
        LOST = "lost", _("lost")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="disputes")
    external_id = models.CharField(max_length=255, unique=True)
    amount = models.BigIntegerField(_("amount"))
    fee = models.BigIntegerField(_("fee"))
    fee_returned = models.BigIntegerField(_("fee returned"), default=0)
    currency = CurrencyField()
    state = models.CharField(_("state"), max_length=4, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    money = money_property("amount")
    fee_money = money_property("fee")
    fee_returned_money = money_property("fee_returned")

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering: ClassVar = ["opened_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, fee_returned__gte=0, fee_returned__lte=F("fee")),
                name="payment_dispute_amounts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.external_id} · {self.money}"

"""Lists of payments that go to the bank together.

Invariants, kept by the database: who releases a list never drew it up; a payment is on one list that
stands; all payments of a list are one collector's, in one currency.
"""

import uuid
from typing import ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.models.orders import Refund, Transfer
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField


class PayoutList(models.Model):
    class State(models.TextChoices):
        DRAWN_UP = "drawn_up", _("to be released")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collector = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    currency = CurrencyField()
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.DRAWN_UP
    )
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField(_("drawn up"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("payout list")
        verbose_name_plural = _("payout lists")
        ordering: ClassVar = ["-drawn_up_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="released")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("drawn_up_by"))),
                name="payout_list_second_person",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How people call it: day and a few letters."""
        return f"P{self.drawn_up_at:%Y%m%d}-{self.pk.hex[:6].upper()}"


class PayoutItem(models.Model):
    """A payment on a list; it no longer `stands` once the list is withdrawn or it was returned."""

    payout_list = models.ForeignKey(PayoutList, models.CASCADE, related_name="items")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+", null=True)
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="+", null=True)
    stands = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("payment on a list")
        verbose_name_plural = _("payments on lists")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(transfer__isnull=True) ^ Q(refund__isnull=True),
                name="payout_item_one_order",
            ),
            *(
                models.UniqueConstraint(
                    fields=[order], condition=Q(stands=True), name=f"payout_item_once_{order}"
                )
                for order in ("transfer", "refund")
            ),
        ]

    def __str__(self) -> str:
        return str(self.order)

    @property
    def order(self) -> Transfer | Refund:
        """The payment that is to be made."""
        return self.transfer or cast("Refund", self.refund)

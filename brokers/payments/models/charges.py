"""Charges: one attempt to be paid for a reference.

Invariants, kept by the database: at most one open charge for a reference; a paid charge has its fee
and the time of payment; amounts are above zero. `reference` is opaque: what is paid for is unknown here.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.codes import new_code
from brokers.payments.gateway import CheckoutOrder
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField, money_property


class Charge(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("to be paid")
        PAID = "paid", _("paid")
        FAILED = "failed", _("not paid")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.UUIDField(db_index=True)
    gateway = models.CharField(_("means of payment"), max_length=20)
    collector = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="collected_charges",
        verbose_name=_("collector"),
        null=True,
        help_text=_("Who receives the money; empty: the platform."),
    )
    payer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="charges", verbose_name=_("payer")
    )
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    fee = models.BigIntegerField(_("payment fee"), null=True)
    code = models.CharField(_("reference code"), max_length=9, unique=True, default=new_code)
    description = models.CharField(_("description"), max_length=200)
    language = models.CharField(max_length=10)
    success_url = models.TextField()
    cancel_url = models.TextField()
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    checkout_id = models.CharField(max_length=255, blank=True, db_index=True)
    checkout_url = models.TextField(blank=True)
    payment_id = models.CharField(max_length=255, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    failure = models.TextField(_("why it failed"), blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(_("paid on"), null=True)

    money = money_property("amount")
    fee_money = money_property("fee")

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering: ClassVar = ["opened_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(state="open"), name="charge_open_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_above_zero"),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(fee__gte=0, paid_at__isnull=False),
                name="charge_paid_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.money}"

    @property
    def group(self) -> str:
        """What the gateway files this charge and the transfers out of it under."""
        return f"charge_{self.pk}"

    def order(self) -> CheckoutOrder:
        """Return the payment as it is ordered from the gateway, every time the same."""
        return CheckoutOrder(
            row=str(self.pk),
            key=f"checkout:{self.pk}",
            amount=self.money,
            code=self.code,
            description=self.description,
            group=self.group,
            language=self.language,
            success_url=self.success_url,
            cancel_url=self.cancel_url,
        )

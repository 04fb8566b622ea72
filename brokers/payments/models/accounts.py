"""Where a payee is paid.

Invariants, kept by the database: an account is an organisation's, a person's, or, with neither, the
platform's; each has at most one that is not closed with each gateway. Other details are another row, so
old transfers keep theirs.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.gateway import AccountOrder
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField, money_property


class PayoutAccount(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("to be completed")
        ACTIVE = "active", _("active")
        DISABLED = "disabled", _("disabled")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="payout_accounts", null=True
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="payout_accounts", null=True
    )
    gateway = models.CharField(_("means of payment"), max_length=20)
    external_id = models.CharField(_("account number"), max_length=255, blank=True)
    holder = models.CharField(_("account holder"), max_length=200, blank=True)
    bank = models.CharField(_("bank and branch"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.PENDING
    )
    missing = models.JSONField(_("still asked for"), default=list)
    disabled_reason = models.CharField(_("why it was stopped"), max_length=100, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("payout account")
        verbose_name_plural = _("payout accounts")
        ordering: ClassVar = ["opened_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(user__isnull=True),
                name="payout_account_one_owner",
            ),
            models.UniqueConstraint(
                fields=["gateway"],
                condition=Q(organisation=None, user=None) & ~Q(status="closed"),
                name="payout_account_once_platform",
            ),
            *(
                models.UniqueConstraint(
                    fields=[owner, "gateway"],
                    condition=~Q(status="closed"),
                    name=f"payout_account_once_{owner}",
                )
                for owner in ("organisation", "user")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_name} · {self.masked}"

    @property
    def owner(self) -> models.Model | None:
        """The organisation or the person who is paid here; None: the platform."""
        return self.organisation or self.user

    @property
    def owner_name(self) -> str:
        """Who is paid here, in words."""
        return str(self.owner or _("the platform"))

    @property
    def is_troubled(self) -> bool:
        """Whether its owner has something to put right; asked of accounts that were once complete."""
        troubles = self.missing or self.disabled_reason or self.failed_payouts.all()
        return self.status != self.Status.PENDING and bool(troubles)

    @property
    def masked(self) -> str:
        """The account number with all but its last four characters hidden."""
        return f"•••• {self.external_id[-4:]}" if self.external_id else ""

    def order(self, *, number: str = "") -> AccountOrder:
        """Return the account as it is ordered from the gateway, every time the same."""
        return AccountOrder(
            row=str(self.pk),
            key=f"account:{self.pk}",
            country=self.country,
            holder=self.holder,
            bank=self.bank,
            number=number,
        )


class FailedPayout(models.Model):
    """Money that reached an account at the gateway and that its owner's own bank did not take."""

    account = models.ForeignKey(PayoutAccount, models.CASCADE, related_name="failed_payouts")
    external_id = models.CharField(max_length=255, unique=True)
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    code = models.CharField(_("reason"), max_length=100, blank=True)
    failed_on = models.DateField(_("date"))

    money = money_property("amount")

    class Meta:
        verbose_name = _("failed payout of an account")
        verbose_name_plural = _("failed payouts of accounts")
        ordering: ClassVar = ["-failed_on", "pk"]

    def __str__(self) -> str:
        return f"{self.external_id} · {self.money}"

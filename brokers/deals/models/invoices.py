"""Invoices (发票): of the collector for a milestone, and of a broker for its commission.

Invariant: an invoice is about one milestone or one payee, never both; a void one no longer counts.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.agreements import Milestone
from brokers.deals.models.deals import Deal
from brokers.deals.models.documents import DealFile
from brokers.settlement.models.payees import SOMEBODY, PayeeColumns
from marketplace.amounts import CurrencyField, money_property

NUMBER = RegexValidator(r"^[A-Za-z0-9-]+\Z", _("Letters, digits and hyphens only."))


class Invoice(PayeeColumns):
    """`amount` includes the tax at `rate` (basis points), which an exempt invoice does not have."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="invoices")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, related_name="invoices")
    number = models.CharField(_("number of the invoice"), max_length=40, validators=[NUMBER])
    issued_on = models.DateField(_("issued on"))
    amount = models.BigIntegerField(_("amount with tax"), validators=[MinValueValidator(1)])
    currency = CurrencyField()
    rate = models.PositiveSmallIntegerField(_("tax rate"), validators=[MaxValueValidator(10_000)])
    exempt = models.BooleanField(_("exempt from VAT"), default=False)
    file = models.ForeignKey(DealFile, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)

    money = money_property("amount")

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["issued_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(milestone__isnull=False, organisation=None, user=None)
                | Q(milestone=None) & SOMEBODY,
                name="invoice_about_one",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_above_zero"),
            models.CheckConstraint(
                condition=Q(exempt=False) | Q(rate=0), name="invoice_exempt_untaxed"
            ),
            models.UniqueConstraint(
                fields=["deal", "number"], condition=Q(voided_at=None), name="invoice_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

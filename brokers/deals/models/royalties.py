"""Royalties: a rate of a base that the enterprise reports for each period, with evidence.

Invariant: a period is reported once; what is due for it is a milestone of its own, which is paid and
split like every other.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.agreements import Agreement, Milestone
from brokers.deals.models.documents import DealFile
from marketplace.amounts import CurrencyField, money_property


class Royalty(models.Model):
    class Interval(models.IntegerChoices):
        QUARTER = 3, _("every quarter")
        HALF_YEAR = 6, _("every half-year")
        YEAR = 12, _("every year")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="royalties")
    title = models.CharField(_("title"), max_length=100)
    base = models.CharField(_("base"), max_length=500)
    rate = models.PositiveSmallIntegerField(
        _("rate"), validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    months = models.PositiveSmallIntegerField(_("reported"), choices=Interval.choices)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    payment_days = models.PositiveSmallIntegerField(
        _("days for the payment"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )

    class Meta:
        verbose_name = _("royalty")
        verbose_name_plural = _("royalties")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rate__gt=0, last_day__gt=F("first_day")), name="royalty_sound"
            )
        ]

    def __str__(self) -> str:
        return self.title


class RoyaltyReport(models.Model):
    """What the enterprise reported as base of a period; `milestone` is there where something is due."""

    royalty = models.ForeignKey(Royalty, models.PROTECT, related_name="reports")
    period_from = models.DateField(_("from"))
    period_until = models.DateField(_("until"))
    base_amount = models.BigIntegerField(_("base"), validators=[MinValueValidator(0)])
    currency = CurrencyField()
    evidence = models.ForeignKey(DealFile, models.PROTECT, related_name="+")
    milestone = models.OneToOneField(
        Milestone, models.PROTECT, null=True, related_name="royalty_report"
    )
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("reported"), default=timezone.now)

    base = money_property("base_amount")

    class Meta:
        verbose_name = _("royalty report")
        verbose_name_plural = _("royalty reports")
        ordering = ["period_from", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["royalty", "period_from"], name="royalty_period_once"),
            models.CheckConstraint(
                condition=Q(base_amount__gte=0, period_until__gte=F("period_from")),
                name="royalty_report_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.royalty} {self.period_from:%Y-%m-%d}"

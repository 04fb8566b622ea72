"""Public notices (公示) of name and price, and the objections that people enter against them.

Invariant: what is on notice never changes; another name or price is another notice, and the one before
is withdrawn. An objection is decided once, with a reason.
"""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.deals import Deal
from marketplace.amounts import CurrencyField, money_property


class PublicNotice(models.Model):
    """Everybody reads it, from the first to the last day and after; it names no buyer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="notices")
    subject = models.CharField(_("name of the result"), max_length=200)
    amount = models.BigIntegerField(_("price"), validators=[MinValueValidator(1)])
    currency = CurrencyField()
    basis = models.TextField(_("how the price was found"), max_length=2000)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    money = money_property("amount")

    class Meta:
        verbose_name = _("public notice")
        verbose_name_plural = _("public notices")
        ordering = ["-opens_on", "-published_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal"], condition=Q(withdrawn_at=None), name="notice_current_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, closes_on__gt=F("opens_on")), name="notice_sound"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("deals:notice", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether objections can be entered today."""
        return self.withdrawn_at is None and timezone.localdate() <= self.closes_on


class Objection(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        UPHELD = "upheld", _("upheld")
        REJECTED = "rejected", _("rejected")

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("objection"), max_length=3000)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    decision = models.TextField(_("decision"), max_length=3000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["entered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "author"], condition=Q(state="open"), name="objection_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | ~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decision=""),
                name="objection_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.get_state_display()}"

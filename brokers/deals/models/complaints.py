"""Complaints between parties of a deal, what both sides say to them, and how they were decided.

Invariants, kept by the database: one open complaint about a milestone, and one about the money of the
whole deal; a decided one has a reason, an
outcome and who decided it; who complains and who is complained about are two parties.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.agreements import Milestone
from brokers.deals.models.deals import Deal, Party
from marketplace.accounts.models import User
from marketplace.amounts import CurrencyField, money_property
from marketplace.files.models import StoredFile


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def with_answers(self) -> "ComplaintQuerySet":
        """Return the complaints, each with whether the side complained about `is_answered` it."""
        answers = Statement.objects.filter(complaint=OuterRef("pk"), party=OuterRef("against"))
        return self.annotate(is_answered=Exists(answers))


class Complaint(models.Model):
    class Kind(models.TextChoices):
        MILESTONE = "milestone", _("what was delivered for a milestone")
        PAYMENT = "payment", _("a payment, a share or a payout")
        CONDUCT = "conduct", _("how somebody behaved")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DECIDED = "decided", _("decided")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Outcome(models.TextChoices):
        DISMISSED = "dismissed", _("not upheld: the money goes on")
        PARTIAL = "partial", _("a part is given back")
        FULL = "full", _("all that is left of the payment is given back")
        UPHELD = "upheld", _("upheld, without a refund")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="complaints")
    kind = models.CharField(_("about"), max_length=9, choices=Kind.choices)
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, related_name="complaints", null=True, verbose_name=_("milestone")
    )
    by_party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    against = models.ForeignKey(
        Party, models.PROTECT, related_name="+", verbose_name=_("complaint about")
    )
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    answer_by = models.DateField(_("to be answered by"))
    decide_by = models.DateField(_("to be decided by"))
    reminded_at = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(
        _("decision"), max_length=9, choices=Outcome.choices, blank=True, default=""
    )
    amount = models.BigIntegerField(_("amount given back"), null=True)
    currency = CurrencyField(blank=True, default="")
    reason = models.TextField(_("reason"), max_length=5000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)

    money = money_property("amount")
    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering: ClassVar = ["-opened_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(state="open"), name="complaint_open_once"
            ),
            models.UniqueConstraint(
                fields=["deal"],
                condition=Q(state="open", kind="payment", milestone__isnull=True),
                name="complaint_whole_deal_once",
            ),
            models.CheckConstraint(
                condition=~Q(by_party=F("against")), name="complaint_two_parties"
            ),
            models.CheckConstraint(
                condition=Q(kind="conduct", milestone__isnull=True)
                | Q(kind="milestone", milestone__isnull=False)
                | Q(kind="payment"),
                name="complaint_about_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided")
                | (~Q(reason="") & ~Q(outcome="") & Q(decided_by__isnull=False)),
                name="complaint_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal.reference} · {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("deals:complaint", args=[self.deal_id, self.pk])

    @property
    def holds_money(self) -> bool:
        """Whether money waits until it is decided: its milestone's, or all of the deal."""
        return self.state == self.State.OPEN and self.kind != self.Kind.CONDUCT

    @property
    def is_overdue(self) -> bool:
        """Whether the day has passed by which it should have been decided."""
        return self.state == self.State.OPEN and self.decide_by < timezone.localdate()


class Statement(models.Model):
    """What a side says to a complaint, with a file as evidence; the first one is the complaint."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="statements")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("statement"), max_length=5000)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", null=True, verbose_name=_("evidence")
    )
    made_at = models.DateTimeField(_("date"), default=timezone.now)

    class Meta:
        verbose_name = _("statement to a complaint")
        verbose_name_plural = _("statements to complaints")
        ordering: ClassVar = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.party} · {self.made_at:%Y-%m-%d}"

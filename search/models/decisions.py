"""What people decided about a match.

A decision holds the match as it was shown and never changes; another one by the same person about the
same two takes its place. It is where attribution starts, and what the weights can learn from later.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.listings.models import ResearchResult, TechnologyNeed


class MatchDecisionQuerySet(models.QuerySet["MatchDecision"]):
    def standing(self) -> "MatchDecisionQuerySet":
        """Return those that no newer one of the same person about the same two has replaced."""
        newer = MatchDecision.objects.filter(
            decided_by=OuterRef("decided_by"),
            need=OuterRef("need"),
            result=OuterRef("result"),
            pk__gt=OuterRef("pk"),
        )
        return self.filter(~Exists(newer))

    def standing_of(self, user: Any) -> "MatchDecisionQuerySet":
        """Return what `user` has decided last about each match."""
        return self.standing().filter(decided_by=user.pk) if user.is_authenticated else self.none()

    def declines(self) -> "MatchDecisionQuerySet":
        return self.filter(verdict=MatchDecision.Verdict.DECLINED)


class MatchDecision(models.Model):
    """`decided_by` is None, and `origin` the introduction's decision, for what all parties signed.

    `organisation` is the one for which the person decided, the other listing's author hears from it.
    """

    class Verdict(models.TextChoices):
        DECLINED = "declined", _("declined")
        ACCEPTED = "accepted", _("accepted")
        REOPENED = "reopened", _("open again")
        INTRODUCED = "introduced", _("introduced")
        CONTRACTED = "contracted", _("contracted")

    need = models.ForeignKey(TechnologyNeed, models.PROTECT, related_name="decisions")
    result = models.ForeignKey(ResearchResult, models.PROTECT, related_name="decisions")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="outcomes")
    match = models.JSONField(_("the match as it was shown"))
    decided_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)

    objects = MatchDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision about a match")
        verbose_name_plural = _("decisions about matches")
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["decided_by", "need", "result"], name="decision_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="contracted", decided_by=None, origin__isnull=False)
                | (~Q(verdict="contracted") & Q(decided_by__isnull=False, origin=None)),
                name="decision_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["origin"], condition=Q(verdict="contracted"), name="decision_contract_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} ↔ {self.result}: {self.get_verdict_display()}"

    @property
    def own_kind(self) -> str:
        """The kind of the listing whose side the person took: `need` or `result`."""
        return "need" if self.organisation_id == self.need.organisation_id else "result"

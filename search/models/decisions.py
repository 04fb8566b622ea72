"""What people decided about a match.

A decision holds the match as it was shown and never changes: it is where attribution starts, and
what the weights can learn from later.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.listings.models import ResearchResult, TechnologyNeed


class MatchDecision(models.Model):
    class Verdict(models.TextChoices):
        DECLINED = "declined", _("declined")
        ACCEPTED = "accepted", _("accepted")
        INTRODUCED = "introduced", _("introduced")
        CONTRACTED = "contracted", _("contracted")

    need = models.ForeignKey(TechnologyNeed, models.PROTECT, related_name="decisions")
    result = models.ForeignKey(ResearchResult, models.PROTECT, related_name="decisions")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    match = models.JSONField(_("the match as it was shown"))
    decided_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("decision about a match")
        verbose_name_plural = _("decisions about matches")
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.need} ↔ {self.result}: {self.get_verdict_display()}"

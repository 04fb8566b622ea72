"""When the broker of an earlier introduction has no part in a later deal of the same organisations."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.deals import Deal, Introduction


class Exclusion(models.Model):
    """Ends the claim that `introduction` gives its broker in `deal`; never changed.

    `decided_by` is that broker, who agrees, or an administrator, who decides.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="exclusions")
    introduction = models.ForeignKey(Introduction, models.PROTECT, related_name="exclusions")
    broker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=2000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("exclusion of an earlier broker")
        verbose_name_plural = _("exclusions of earlier brokers")
        ordering = ["decided_at"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "broker"], name="exclusion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.broker} · {self.deal_id}"

"""How an institution shares its income, as its published policy says, in versions.

Invariant: a version is only ever added (database triggers), never for a day that has passed; what was
signed under one keeps it. The version that is in force on a day is the newest of the latest date.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.settlement.commission import WHOLE, Scale, Tier
from brokers.settlement.legal import Floor
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField


class Policy(models.Model):
    """Direct costs come first, then the office fee, then the team's share; the rest is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="policies")
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("where it is published"), max_length=300)
    effective_from = models.DateField(_("in force from"))
    currency = CurrencyField(default="CNY")
    office_fee = models.PositiveSmallIntegerField(
        _("office fee of net income"), default=0, validators=[MaxValueValidator(WHOLE - 1)]
    )
    team_tiers = models.JSONField(_("share of the team"))
    floor = models.PositiveSmallIntegerField(
        _("least share of the team"), default=0, validators=[MaxValueValidator(WHOLE)]
    )
    brokerage_as_cost = models.BooleanField(_("brokerage counts as a cost"), default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("policy of an institution")
        verbose_name_plural = _("policies of institutions")
        ordering = ["organisation", "-effective_from", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="policy_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version} ({self.effective_from:%Y-%m-%d}; {self.source})"

    @property
    def team_scale(self) -> Scale:
        """The team's share as a scale over cumulative net income, after costs and office fee."""
        return Scale(tuple(Tier(start, end, rate) for start, end, rate in self.team_tiers))

    @property
    def least(self) -> Floor | None:
        """The least share of the team as the policy says it, if it does."""
        return Floor(self.floor, self.effective_from, str(self)) if self.floor else None

"""The versions of a deal's split plan.

Invariant: a version is never changed or deleted (database triggers); `digest` is the SHA-256 of its
text, the rows of `SplitShare` say the same as the text, and a payment keeps the version it came with.
"""

from functools import cached_property

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.settlement import plan_text
from brokers.settlement.models.payees import NOT_BOTH, PayeeColumns
from brokers.settlement.plan import Plan, Role, Route
from marketplace.accounts.models import Organisation


class SplitPlan(models.Model):
    deal_reference = models.UUIDField(_("deal"))
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("canonical text"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    created_at = models.DateTimeField(_("drawn up"), default=timezone.now)

    class Meta:
        verbose_name = _("split plan")
        verbose_name_plural = _("split plans")
        ordering = ["deal_reference", "version"]
        constraints = [
            models.UniqueConstraint(fields=["deal_reference", "version"], name="split_plan_version")
        ]

    def __str__(self) -> str:
        return f"v{self.version} {self.digest[:12]}"

    @cached_property
    def plan(self) -> Plan:
        """The plan as a value."""
        return plan_text.read(self.text)


class SplitShare(PayeeColumns):
    """One payee of one version, for queries; the plan's text is what counts."""

    plan = models.ForeignKey(SplitPlan, models.PROTECT, related_name="share_rows")
    key = models.CharField(max_length=31)
    role = models.CharField(_("role"), max_length=11, choices=Role.choices)
    basis_points = models.PositiveIntegerField(_("share"))
    parts = models.PositiveIntegerField(_("parts"))
    route = models.CharField(max_length=11, choices=Route.choices)
    via = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("share of a plan")
        verbose_name_plural = _("shares of a plan")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=NOT_BOTH, name="split_share_payee"),
            models.CheckConstraint(
                condition=models.Q(route=Route.DIRECT, via=None)
                | models.Q(route=Route.INSTITUTION, via__isnull=False),
                name="split_share_route",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}/{self.payee.key}"

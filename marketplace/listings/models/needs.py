"""Technology needs (技术需求)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from marketplace.listings.models.listing import (
    Attachment,
    Figure,
    Listing,
    Section,
    amount_field,
    trl_field,
)


class TechnologyNeed(Listing):
    min_trl = trl_field(
        _("lowest technology readiness level"),
        _("What the result must have reached at least, 1 to 9."),
    )
    budget_min = amount_field(_("budget from"))
    budget_max = amount_field(_("budget to"))
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    anonymous = models.BooleanField(
        _("anonymous"),
        default=False,
        help_text=_("Your organisation is shown only under a confidentiality agreement."),
    )
    reward = amount_field(_("reward of the open challenge"))

    kind = "need"
    sections = (
        Section("problem", ("problem_zh", "problem_en"), _("Problem")),
        Section("metrics", ("metrics",), _("Required figures")),
        Section("details", ("details_zh", "details_en"), _("Details")),
        Section("budget", ("budget_min", "budget_max"), _("Budget")),
    )

    class Meta(Listing.Meta):
        verbose_name = _("technology need")
        verbose_name_plural = _("technology needs")

    @property
    def is_anonymous(self) -> bool:
        return self.anonymous

    @property
    def is_past_deadline(self) -> bool:
        """Whether the last day on which answers are taken has gone."""
        return self.deadline is not None and self.deadline < timezone.localdate()

    @property
    def is_open_challenge(self) -> bool:
        """Whether solvers may still apply for the reward (揭榜挂帅)."""
        has_end = self.reward is not None and self.deadline is not None
        return has_end and not self.is_past_deadline

    def clean(self) -> None:
        super().clean()
        if None not in (self.budget_min, self.budget_max) and self.budget_min > self.budget_max:
            raise ValidationError({"budget_max": _("This is less than the budget from.")})
        if self.reward is not None and self.deadline is None:
            raise ValidationError({"deadline": _("An open challenge needs a deadline.")})


class NeedMetric(Figure):
    """A figure that a solution must reach, such as an energy density of at least 180 Wh/kg."""

    need = ParentalKey(TechnologyNeed, related_name="metrics")
    value = models.CharField(_("required value"), max_length=100)

    class Meta(Figure.Meta):
        verbose_name = _("required figure")
        verbose_name_plural = _("required figures")

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class NeedAttachment(Attachment):
    listing = ParentalKey(TechnologyNeed, related_name="attachments")

    class Meta(Attachment.Meta):
        verbose_name = _("attachment of a need")
        verbose_name_plural = _("attachments of needs")

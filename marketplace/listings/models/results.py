"""Research results (科技成果)."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.models import Orderable

from marketplace.listings.models.listing import (
    SHORT_TEXT,
    Attachment,
    Figure,
    Listing,
    Section,
    amount_field,
    trl_field,
)
from marketplace.listings.tiers import Tier
from marketplace.taxonomy.models import IpcClass


class ResearchResult(Listing):
    class Ownership(models.TextChoices):
        """Who owns a service invention (职务科技成果赋权)."""

        INSTITUTION = "institution", _("the institution")
        SHARED = "shared", _("the institution and the team together")
        TEAM = "team", _("the team")

    advantage_zh = models.TextField(max_length=SHORT_TEXT, blank=True)
    advantage_en = models.TextField(max_length=SHORT_TEXT, blank=True)
    application_zh = models.TextField(max_length=SHORT_TEXT, blank=True)
    application_en = models.TextField(max_length=SHORT_TEXT, blank=True)
    team_zh = models.TextField(max_length=SHORT_TEXT, blank=True)
    team_en = models.TextField(max_length=SHORT_TEXT, blank=True)
    trl = trl_field(
        _("technology readiness level"),
        _("1 (principle observed) to 9 (proven in use), GB/T 22900."),
    )
    ipc = ParentalManyToManyField(
        IpcClass, blank=True, related_name="+", verbose_name=_("patent classes (IPC)")
    )
    price_min = amount_field(_("price from"))
    price_max = amount_field(_("price to"))
    ownership = models.CharField(
        _("owner of the service invention"), max_length=11, choices=Ownership.choices, blank=True
    )
    team_share = models.DecimalField(
        _("share of ownership granted to the team, %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )

    kind = "result"
    sections = (
        Section("problem", ("problem_zh", "problem_en"), _("Problem solved")),
        Section(
            "advantage", ("advantage_zh", "advantage_en"), _("Advantage over today's practice")
        ),
        Section("figures", ("figures",), _("Measured against today's practice")),
        Section("application", ("application_zh", "application_en"), _("Fields of application")),
        Section("details", ("details_zh", "details_en"), _("Details")),
        Section("ip_rights", ("ip_rights",), _("Intellectual property")),
        Section("team", ("team_zh", "team_en"), _("Team")),
        Section("price", ("price_min", "price_max"), _("Price expectation")),
        Section("ownership", ("ownership", "team_share"), _("Ownership"), Tier.NDA),
    )

    class Meta(Listing.Meta):
        verbose_name = _("research result")
        verbose_name_plural = _("research results")

    def clean(self) -> None:
        super().clean()
        if None not in (self.price_min, self.price_max) and self.price_min > self.price_max:
            raise ValidationError({"price_max": _("This is less than the price from.")})
        self._refuse_contradictory_ownership()

    def _refuse_contradictory_ownership(self) -> None:
        if self.ownership == self.Ownership.SHARED and not self.team_share:
            raise ValidationError({"team_share": _("Say how much the team owns.")})
        if self.ownership == self.Ownership.INSTITUTION and self.team_share:
            raise ValidationError(
                {"team_share": _("The institution owns all of it: leave this empty.")}
            )
        if self.ownership == self.Ownership.TEAM and self.team_share not in (None, 100):
            raise ValidationError(
                {"team_share": _("The team owns all of it: leave this empty or enter 100.")}
            )


class ResultFigure(Figure):
    """A figure of a result beside the one of today's practice, such as 0.4 instead of 1.1 kWh/t."""

    result = ParentalKey(ResearchResult, related_name="figures")
    today = models.CharField(_("today's practice"), max_length=100)
    reached = models.CharField(_("with this result"), max_length=100)

    class Meta(Figure.Meta):
        verbose_name = _("measured figure")
        verbose_name_plural = _("measured figures")

    def __str__(self) -> str:
        return f"{self.name}: {self.today} → {self.reached}"

    @property
    def value(self) -> str:
        """What searches compare with the figures that needs require."""
        return self.reached


class IpRight(Orderable):
    """A right of intellectual property that protects a result."""

    class Type(models.TextChoices):
        INVENTION = "invention_patent", _("invention patent")
        UTILITY_MODEL = "utility_model", _("utility model")
        DESIGN = "design", _("design patent")
        SOFTWARE = "software_copyright", _("software copyright")
        PLANT_VARIETY = "plant_variety", _("new plant variety")
        LAYOUT = "layout_design", _("integrated circuit layout")
        TRADE_SECRET = "trade_secret", _("trade secret")

    class Status(models.TextChoices):
        PENDING = "pending", _("applied for")
        GRANTED = "granted", _("granted")
        LAPSED = "lapsed", _("lapsed")

    result = ParentalKey(ResearchResult, related_name="ip_rights")
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    number = models.CharField(_("number"), max_length=60, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, blank=True)
    checked_on = models.DateField(_("status checked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("intellectual property right")
        verbose_name_plural = _("intellectual property rights")
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.number}".strip()


class ResultAttachment(Attachment):
    listing = ParentalKey(ResearchResult, related_name="attachments")

    class Meta(Attachment.Meta):
        verbose_name = _("attachment of a result")
        verbose_name_plural = _("attachments of results")

"""What results and needs have in common.

A live listing stays byte for byte as it was approved: edits are Wagtail revisions and reach the row,
its children and its relations only when a moderator publishes them.
"""

import re
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from multiselectfield import MultiSelectField
from wagtail.models import Orderable

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.amounts import CurrencyField
from marketplace.bilingual import SUFFIXES, in_reader_language, one_line, reader_suffix
from marketplace.files.models import StoredFile
from marketplace.listings.models.publishing import Reviewed
from marketplace.listings.tiers import Tier
from marketplace.taxonomy.models import Industry, Region

SHORT_TEXT = 5_000
LONG_TEXT = 20_000


class CooperationMode(models.TextChoices):
    ASSIGNMENT = "assignment", _("assignment of rights")
    LICENCE = "licence", _("licence")
    DEVELOPMENT = "development", _("joint or commissioned development")
    EQUITY = "equity", _("technology as equity")
    SERVICE = "service", _("technical service")


class Section(NamedTuple):
    """A part of a listing that is disclosed as a whole, to readers of one tier."""

    name: str
    fields: tuple[str, ...]
    label: Any
    tier: Tier = Tier.PUBLIC


def trl_field(label: Any, help_text: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    """Return a field for a technology readiness level, 1 to 9 (GB/T 22900)."""
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=help_text,
    )


def amount_field(label: Any) -> models.BigIntegerField[Any, Any]:
    """Return a field for an amount in minor units of the listing's `currency`."""
    return models.BigIntegerField(label, null=True, blank=True, validators=[MinValueValidator(0)])


class Listing(Reviewed):
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="%(class)ss", verbose_name=_("organisation")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )

    title_zh = models.CharField(_("title in Chinese"), max_length=120, blank=True)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    summary_zh = models.TextField(_("summary in Chinese"), max_length=1_000, blank=True)
    summary_en = models.TextField(_("summary in English"), max_length=2_000, blank=True)
    problem_zh = models.TextField(max_length=SHORT_TEXT, blank=True)
    problem_en = models.TextField(max_length=SHORT_TEXT, blank=True)
    details_zh = models.TextField(_("details in Chinese"), max_length=LONG_TEXT, blank=True)
    details_en = models.TextField(_("details in English"), max_length=LONG_TEXT, blank=True)
    keywords_zh = models.CharField(_("keywords in Chinese"), max_length=200, blank=True)
    keywords_en = models.CharField(_("keywords in English"), max_length=300, blank=True)

    industry = models.ForeignKey(
        Industry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("industry"),
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    cooperation_modes = MultiSelectField(
        _("ways of working together"), choices=CooperationMode.choices, max_length=80, blank=True
    )
    currency = CurrencyField(default="CNY")

    tiers = models.JSONField(_("who may read what"), default=dict, blank=True)
    source = models.CharField(max_length=64, blank=True, editable=False)
    external_id = models.CharField(max_length=128, blank=True, editable=False)
    import_digest = models.CharField(max_length=64, blank=True, editable=False)
    submission = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("when", "created"), auto_now_add=True)

    row_fields = (
        *Reviewed.row_fields,
        "organisation_id",
        "author_id",
        "source",
        "external_id",
        "import_digest",
        "submission",
        "created_at",
    )
    sections: ClassVar[tuple[Section, ...]]

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-first_published_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(title_zh="") | ~Q(title_en=""),
                name="%(class)s_titled",
                violation_error_message=_("Give a title in Chinese or in English."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "source", "external_id"],
                condition=~Q(external_id=""),
                name="%(class)s_imported_once",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["live", "-first_published_at"], name="%(class)s_latest")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self, "title")

    @property
    def summary(self) -> str:
        return in_reader_language(self, "summary")

    @property
    def keywords(self) -> list[str]:
        """The keywords of both languages, in the order given."""
        given = f"{self.keywords_zh}、{self.keywords_en}"
        return [word.strip() for word in re.split(r"[,，、;；\n]", given) if word.strip()]

    @property
    def slug(self) -> str:
        """The words of the address, the same in every language: a translation needs no redirect."""
        words = slugify(self.title_en) or slugify(self.title_zh, allow_unicode=True)
        return words[:80].strip("-_") or self.kind

    def get_absolute_url(self) -> str:
        return reverse(f"listings:{self.kind}", args=[self.pk, self.slug])

    @property
    def short_url(self) -> str:
        """The address that stays when the title changes, and that people can type."""
        return f"{reverse(f'listings:{self.kind}s')}{self.pk}/"

    @property
    def edit_url(self) -> str:
        return reverse("listings:edit", args=[self.kind, self.pk])

    @property
    def confirm_url(self) -> str:
        return reverse("listings:mine")

    @property
    def file_ids(self) -> list[Any]:
        return [attachment.file_id for attachment in self.attachments.all()]

    def stewards(self) -> list[User]:
        """Return the author while a member, else the organisation's owners."""
        memberships = Membership.objects.filter(
            organisation=self.organisation_id, user__is_active=True
        ).select_related("user")
        if own := memberships.filter(user=self.author_id).first():
            return [own.user]
        return [owner.user for owner in memberships.filter(role=Membership.Role.OWNER)]

    def preview(self, request: HttpRequest) -> TemplateResponse:
        from marketplace.listings import pages  # noqa: PLC0415  pages stand on the models

        return TemplateResponse(request, pages.DETAIL, pages.preview_context(self, request.user))

    @property
    def is_anonymous(self) -> bool:
        """Whether readers without a confidentiality agreement may not learn the organisation."""
        return False

    def tier_of(self, section: str) -> Tier:
        """Return the tier of the named section: the author's choice, else the section's default."""
        default = next(s.tier for s in self.sections if s.name == section)
        return Tier(self.tiers.get(section, default))

    def clean(self) -> None:
        super().clean()
        self.title_zh, self.title_en = one_line(self.title_zh), one_line(self.title_en)
        if not self._tiers_are_known():
            raise ValidationError(
                {"tiers": _("Give each part of the listing one of the four tiers, 0 to 3.")}
            )

    def _tiers_are_known(self) -> bool:
        names = {section.name for section in self.sections}
        return isinstance(self.tiers, dict) and all(
            name in names and type(tier) is int and tier in Tier.values
            for name, tier in self.tiers.items()
        )

    def refuse_unfinished(self) -> None:
        """Raise `ValidationError` where readers would not learn from a list what this is about."""
        if not any(
            getattr(self, f"title_{suffix}") and getattr(self, f"summary_{suffix}")
            for suffix in SUFFIXES
        ):
            suffix = "zh" if self.title_zh or reader_suffix() == "zh" else "en"
            raise ValidationError(
                {f"summary_{suffix}": _("Say in two or three sentences what it is about.")}
            )


class Figure(Orderable):
    """Something that is measured, named in Chinese or in English."""

    name_zh = models.CharField(_("what is measured, in Chinese"), max_length=100, blank=True)
    name_en = models.CharField(_("what is measured, in English"), max_length=150, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["sort_order", "pk"]

    @property
    def name(self) -> str:
        return in_reader_language(self, "name")

    def clean(self) -> None:
        super().clean()
        if not self.name_zh and not self.name_en:
            raise ValidationError({"name_zh": _("Say what is measured.")})


class Attachment(Orderable):
    """A file of a listing, disclosed to readers of its tier."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=120)
    tier = models.PositiveSmallIntegerField(
        _("who may read it"), choices=Tier.choices, default=Tier.MEMBERS
    )

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.title

"""The public profile of a person on the team of research results, written and published by that person.

Invariant: nobody is shown who has not asked for it or confirmed it for a year, who may not sign in any
more, or who has left the organisation named; a result only while it is public and names its team to
everybody, and one at least is of that organisation.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from multiselectfield import MultiSelectField

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.bilingual import in_reader_language, one_line, shown_language
from marketplace.listings.models.listing import CooperationMode
from marketplace.listings.models.publishing import Reviewed
from marketplace.listings.models.results import ResearchResult
from marketplace.listings.tiers import Tier
from marketplace.taxonomy.models import Industry


def with_public_team() -> QuerySet[ResearchResult]:
    """Return the published results that name their team to everybody."""
    open_to_all = Q(tiers__team=int(Tier.PUBLIC)) | ~Q(tiers__has_key="team")
    return ResearchResult.objects.filter(open_to_all, live=True)


class ExpertQuerySet(models.QuerySet["ExpertProfile"]):
    def shown(self) -> "ExpertQuerySet":
        """Return the profiles that everybody may read."""
        belongs = Membership.objects.filter(
            user=OuterRef("user"), organisation=OuterRef("organisation")
        )
        on_team = ExpertProfile.results.through.objects.filter(
            expertprofile=OuterRef("pk"),
            researchresult__organisation=OuterRef("organisation"),
            researchresult__in=with_public_team(),
        )
        return self.filter(Exists(belongs), Exists(on_team), live=True, user__is_active=True)

    def for_cards(self) -> "ExpertQuerySet":
        """Return the profiles with all that a card shows, in a constant number of queries."""
        return self.select_related("organisation").prefetch_related("industries")


class ExpertProfile(Reviewed):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="expert_profile",
        verbose_name=_("account"),
        editable=False,
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="experts", verbose_name=_("organisation")
    )
    name_zh = models.CharField(_("full name in Chinese"), max_length=60, blank=True)
    name_en = models.CharField(_("full name in English"), max_length=100, blank=True)
    position_zh = models.CharField(_("position in Chinese"), max_length=100, blank=True)
    position_en = models.CharField(_("position in English"), max_length=150, blank=True)
    profile_zh = models.TextField(_("short profile in Chinese"), max_length=2000, blank=True)
    profile_en = models.TextField(_("short profile in English"), max_length=3000, blank=True)
    industries = ParentalManyToManyField(
        Industry, blank=True, related_name="+", verbose_name=_("fields of work")
    )
    results = ParentalManyToManyField(
        ResearchResult, related_name="experts", verbose_name=_("results on whose team you are")
    )
    cooperation_modes = MultiSelectField(
        _("ways of working together"), choices=CooperationMode.choices, max_length=80, blank=True
    )

    objects = ExpertQuerySet.as_manager()

    kind = "expert"
    told_as = "expert"
    fresh_for = timedelta(days=365)
    row_fields = (*Reviewed.row_fields, "user_id")

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering: ClassVar[list[str]] = ["-first_published_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(name_zh="") | ~Q(name_en=""),
                name="expert_named",
                violation_error_message=_("Give a name in Chinese or in English."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        for field in ("name_zh", "name_en", "position_zh", "position_en"):
            setattr(self, field, one_line(getattr(self, field)))

    def get_absolute_url(self) -> str:
        return reverse("listings:expert", args=[self.pk])

    @property
    def edit_url(self) -> str:
        return reverse("listings:own_expert")

    @property
    def confirm_url(self) -> str:
        return self.edit_url

    @property
    def name(self) -> str:
        return in_reader_language(self, "name")

    title = name
    """What notices call it."""

    @property
    def position(self) -> str:
        return in_reader_language(self, "position")

    @property
    def profile(self) -> str:
        return in_reader_language(self, "profile")

    @property
    def lang(self) -> str:
        """The language in which the reader gets the profile."""
        return shown_language(self, "profile")

    def stewards(self) -> list[User]:
        return [self.user]

    def refuse_unfinished(self) -> None:
        if not self.profile_zh and not self.profile_en:
            raise ValidationError(
                {"profile_zh": _("Introduce yourself in Chinese or in English before you submit.")}
            )

    def preview(self, request: HttpRequest) -> TemplateResponse:
        from marketplace.listings import experts  # noqa: PLC0415  pages stand on the models

        return TemplateResponse(request, experts.DETAIL, experts.context(self))

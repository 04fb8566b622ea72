"""The filters of the public lists. They run in the database and on public facts only.

What a filter finds tells a reader something, so filters by organisation pass over anonymous listings
where the reader may not learn whose they are.
"""

from collections.abc import Iterator
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.listings import maturity
from marketplace.listings.forms.pickers import IndustryField, RegionField
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.listings.models.listing import CooperationMode
from marketplace.listings.tiers import Tier

TRL = [(str(level), f"TRL {level}") for level in maturity.LEVELS]
LANGUAGES = [("zh", _("with a Chinese text")), ("en", _("with an English text"))]


class IndustryFilter(filters.Filter):
    field_class = IndustryField


class RegionFilter(filters.Filter):
    field_class = RegionField


class ShownFilter(filters.FilterSet):
    """Filters that a page shows in words, each to be taken away."""

    def applied(self) -> Iterator[dict[str, str]]:
        """Yield the filters in use: `label`, and the address without them as `remove_url`."""
        for name, field in self.form.fields.items():
            if not self.form.cleaned_data.get(name):
                continue
            yield {
                "label": f"{field.label}: {self._words(name)}",
                "remove_url": f"?{_without(self.data, name).urlencode()}",
            }

    def _words(self, name: str) -> str:
        value = self.form.cleaned_data[name]
        choices = getattr(self.form.fields[name], "choices", None)
        if isinstance(value, str) and choices is not None:
            return str(dict(choices).get(value, value))
        return str(value)


class ListingFilter(ShownFilter):
    """What both lists have. The queryset comes annotated with the reader's `access`."""

    industry = IndustryFilter(method="within", empty_label=_("All"))
    region = RegionFilter(method="within", empty_label=_("All"))
    mode = filters.ChoiceFilter(
        label=_("Way of working together"),
        choices=CooperationMode.choices,
        field_name="cooperation_modes",
        lookup_expr="contains",
        empty_label=_("All"),
    )
    organisation_kind = filters.ChoiceFilter(
        label=_("Kind of organisation"),
        choices=Organisation.Kind.choices,
        method="of_organisation",
        empty_label=_("All"),
    )
    language = filters.ChoiceFilter(
        label=_("Language"), choices=LANGUAGES, method="in_language", empty_label=_("All")
    )
    organisation = filters.CharFilter(
        method="of_organisation", max_length=80, widget=forms.HiddenInput
    )

    def within(self, listings: QuerySet[Any], name: str, node: Any) -> QuerySet[Any]:
        return listings.filter(**{f"{name}__code__startswith": node.code})

    def of_organisation(self, listings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        field = "organisation__kind" if name == "organisation_kind" else "organisation__slug"
        return self.named(listings).filter(**{field: value})

    def in_language(self, listings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return listings.exclude(**{f"title_{value}": ""})

    def named(self, listings: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of `listings` whose organisation the reader may learn."""
        return listings


def _without(data: Any, name: str) -> QueryDict:
    rest = data.copy()
    for gone in (name, "page"):
        rest.pop(gone, None)
    return rest


class ResultFilter(ListingFilter):
    trl = filters.ChoiceFilter(
        label=_("Lowest readiness level"),
        choices=TRL,
        field_name="trl",
        lookup_expr="gte",
        empty_label=_("Any"),
    )

    class Meta:
        model = ResearchResult
        fields: list[str] = []


class NeedFilter(ListingFilter):
    trl = filters.ChoiceFilter(
        label=_("Accepts readiness level"),
        choices=TRL,
        method="accepting",
        empty_label=_("Any"),
    )
    challenge = filters.BooleanFilter(
        label=_("Open challenges only"), method="challenges", widget=forms.CheckboxInput
    )

    class Meta:
        model = TechnologyNeed
        fields: list[str] = []

    def accepting(self, needs: QuerySet[Any], name: str, level: str) -> QuerySet[Any]:
        return needs.filter(Q(min_trl=None) | Q(min_trl__lte=level))

    def challenges(self, needs: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        if not wanted:
            return needs
        return needs.filter(reward__isnull=False, deadline__gte=timezone.localdate())

    def named(self, listings: QuerySet[Any]) -> QuerySet[Any]:
        return listings.filter(Q(anonymous=False) | Q(access__gte=Tier.NDA))


FILTERS: dict[str, type[ListingFilter]] = {"result": ResultFilter, "need": NeedFilter}

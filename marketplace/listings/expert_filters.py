"""The filters of the list of experts, on what everybody may read of them."""

from functools import reduce
from operator import or_
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.listings import experts
from marketplace.listings.filters import IndustryFilter, ShownFilter
from marketplace.listings.models import ExpertProfile

SEARCHED = (
    *(f"{stem}_{suffix}" for stem in ("name", "position", "profile") for suffix in ("zh", "en")),
    "organisation__name_zh",
    "organisation__name_en",
)


class ExpertFilter(ShownFilter):
    q = filters.CharFilter(
        label=pgettext_lazy("to search for", "Words"), method="with_words", max_length=200
    )
    industry = IndustryFilter(label=_("Industry"), method="within", empty_label=_("All"))
    organisation = filters.ModelChoiceFilter(
        label=_("Organisation"),
        queryset=lambda _request: experts.organisations(),
        to_field_name="slug",
        empty_label=_("All"),
    )

    class Meta:
        model = ExpertProfile
        fields: list[str] = []

    def with_words(self, found: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """Return those of `found` in whose texts every word stands."""
        for word in text.split():
            anywhere = (Q(**{f"{field}__icontains": word}) for field in SEARCHED)
            found = found.filter(reduce(or_, anywhere))
        return found

    def within(self, found: QuerySet[Any], name: str, node: Any) -> QuerySet[Any]:
        return found.filter(industries__code__startswith=node.code).distinct()

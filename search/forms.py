"""The filters of the search page. A value that is no choice is refused at its field."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.listings import maturity
from marketplace.listings.forms.pickers import IndustryField, RegionField
from marketplace.listings.models import IpRight
from marketplace.listings.models.listing import CooperationMode
from search.backends.base import Filters

Counts = Mapping[str, Mapping[str, int]]

KINDS = [
    ("", _("Results and needs")),
    ("result", _("Research results")),
    ("need", _("Technology needs")),
]


class SearchForm(forms.Form):
    """`q`, which may be anything, is typed in the search box; here it rides along with the filters."""

    kind = forms.ChoiceField(label=_("Show"), choices=KINDS, required=False)
    industry = IndustryField(empty_label=_("All"))
    region = RegionField(empty_label=_("All"))
    trl = forms.TypedChoiceField(
        label=_("Lowest readiness level"),
        choices=[("", _("Any")), *((str(level), f"TRL {level}") for level in maturity.LEVELS)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    mode = forms.MultipleChoiceField(
        label=_("Way of working together"),
        choices=CooperationMode.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    organisation_kind = forms.MultipleChoiceField(
        label=_("Kind of organisation"),
        choices=Organisation.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ip = forms.MultipleChoiceField(
        label=_("Intellectual property"),
        choices=IpRight.Type.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    q = forms.Field(required=False, widget=forms.HiddenInput)

    def filters(self) -> Filters:
        """Return what a document must be. The form must be valid."""
        chosen = self.cleaned_data
        codes = {name: chosen[name].code for name in ("industry", "region") if chosen[name]}
        facets = {name: (code,) for name, code in codes.items()}
        if chosen["kind"]:
            facets["kind"] = (chosen["kind"],)
        for name in ("mode", "organisation_kind", "ip"):
            if chosen[name]:
                facets[name] = tuple(sorted(set(chosen[name])))
        return Filters(facets, chosen["trl"])

    def show_counts(self, counts: Counts) -> None:
        """Write behind each choice how many hits it has."""
        for name in ("kind", "mode", "organisation_kind", "ip"):
            field = self.fields[name]
            hits = counts.get(name, {})
            field.choices = [  # type: ignore[attr-defined]
                (value, f"{label} ({hits.get(value, 0)})" if value else label)
                for value, label in field.choices  # type: ignore[attr-defined]
            ]

    def applied(self) -> Iterator[dict[str, str]]:
        """Yield the filters in use: `label`, and the address without them as `remove_url`."""
        for name, field in self.fields.items():
            if name == "q" or not self.cleaned_data.get(name):
                continue
            yield {
                "label": f"{field.label}: {self._words(name)}",
                "remove_url": f"?{_without(self.data, name).urlencode()}",
            }

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if name in ("industry", "region"):
            return str(value)
        values = value if isinstance(value, list) else [value]
        labels = {str(v): str(label) for v, label in self.base_fields[name].choices}  # type: ignore[attr-defined]
        return ", ".join(labels[str(v)] for v in values)


def _without(data: Any, name: str) -> QueryDict:
    rest = data.copy()
    for gone in (name, "page"):
        rest.pop(gone, None)
    return rest

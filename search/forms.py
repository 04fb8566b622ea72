"""What a search page is asked for. A value that is no choice is refused at its field.

Addresses are made of what was understood, so that no link repeats what was not.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.bilingual import in_reader_language
from marketplace.listings import maturity
from marketplace.listings.models import IpRight
from marketplace.listings.models.listing import CooperationMode
from marketplace.taxonomy.models import Industry, Region
from search import panel
from search.backends.base import Filters, Tally
from search.facets import Sort
from search.questions import LONGEST_SEARCH

BEST = "best"
KINDS = [
    ("", _("Results and needs")),
    ("result", _("Research results")),
    ("need", _("Technology needs")),
]
LEVELS = [
    ("", _("Any")),
    *((str(n), format_lazy(_("TRL {level} and above"), level=n)) for n in maturity.LEVELS),
]
ORDERS: list[tuple[str, Any]] = [
    (BEST, _("Best match")),
    ("newest", _("Latest")),
    ("readiness", _("Readiness")),
    ("deadline", _("Next deadline")),
]

_ELSEWHERE = ("q", "sort", "industry", "region")


def _one(model: type[Industry] | type[Region], label: Any, message: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        model.objects.all(),
        label=label,
        required=False,
        error_messages={"invalid_choice": message},
    )


def _several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False)


class SearchForm(forms.Form):
    """`q`, which may be anything, is typed in the search box; here it rides along with the filters."""

    template_name = "search/facets.html"

    kind = forms.ChoiceField(label=_("Show"), choices=KINDS, required=False)
    industry = _one(Industry, _("Industry"), _("Choose one of the listed industries."))
    region = _one(Region, _("Region"), _("Choose one of the listed regions."))
    trl = forms.TypedChoiceField(
        label=_("Readiness level"), choices=LEVELS, coerce=int, empty_value=None, required=False
    )
    mode = _several(_("Way of working together"), CooperationMode.choices)
    organisation_kind = _several(_("Kind of organisation"), Organisation.Kind.choices)
    ip = _several(_("Intellectual property"), IpRight.Type.choices)
    sort = forms.ChoiceField(label=_("Sorted by"), choices=ORDERS, required=False)
    q = forms.Field(required=False)

    tallies: Mapping[str, Tally] | None = None
    """What was found, once it is known."""

    def filters(self) -> Filters:
        """Return what a document must be. The form must be valid."""
        chosen = {name: value for name, value in self.values.items() if name not in ("q", "sort")}
        level = chosen.pop("trl", None)
        facets = {name: (v,) if isinstance(v, str) else tuple(v) for name, v in chosen.items()}
        return Filters(facets, level)

    def order(self) -> Sort | None:
        """Return how hits are sorted, None for the best first. The form must be valid."""
        chosen = self.cleaned_data["sort"]
        return None if chosen in ("", BEST) else chosen

    @cached_property
    def values(self) -> dict[str, Any]:
        """What was understood of the address, as an address has it. The form must have been asked
        whether it is valid.
        """
        found = {name: self.cleaned_data.get(name) for name in self.fields}
        for name in ("industry", "region"):
            found[name] = getattr(found[name], "code", None)
        for name in ("mode", "organisation_kind", "ip"):
            found[name] = sorted(set(found[name] or ()))
        found["q"] = str(found["q"] or "").strip()[:LONGEST_SEARCH]
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def address(self, **changes: Any) -> str:
        """Return the address of the same search with `changes`; a value that is None is left out."""
        wanted = {name: v for name, v in {**self.values, **changes}.items() if v is not None}
        return "?" + urlencode(wanted, doseq=True)

    def applied(self) -> Iterator[dict[str, str]]:
        """Yield the filters in use: `name`, `label`, and the address without them as `remove_url`."""
        for name in self.values:
            if name not in ("q", "sort"):
                label = f"{self.fields[name].label}: {self._words(name)}"
                yield {"name": name, "label": label, "remove_url": self.address(**{name: None})}

    def orders(self) -> Iterator[dict[str, Any]]:
        """Yield the ways to sort what was found: `label`, `url`, `is_current`."""
        typed, tallies = self.values.get("q"), self.tallies or {}
        kinds = tallies["kind"].values if "kind" in tallies else {}
        current = self.cleaned_data["sort"] or BEST
        if not typed and current == BEST:
            current = "newest"
        for name, label in ORDERS:
            is_offered = {BEST: bool(typed), "deadline": bool(kinds.get("need"))}.get(name, True)
            if is_offered or name == current:
                is_current = name == current
                yield {"label": label, "url": self.address(sort=name), "is_current": is_current}

    def carried(self) -> Iterator[tuple[str, str]]:
        """Yield what rides along when other filters are chosen, and is chosen elsewhere."""
        values = self.values
        yield from ((name, values[name]) for name in _ELSEWHERE if name in values)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "facets": panel.facets(self)}

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        if isinstance(value, Industry | Region):
            return in_reader_language(value, "name")
        labels = {str(v): str(label) for v, label in self.fields[name].choices}  # type: ignore[attr-defined]
        values = value if isinstance(value, list) else [value]
        return ", ".join(labels[str(v)] for v in dict.fromkeys(values))

"""What an administrator types: points, priors, a note, and the needs to try them on.

Nothing typed is guessed at, and every refusal stands at its field.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.listings.models import TechnologyNeed
from search import ranking
from search.models.weightings import LONGEST_NOTE
from search.ranking import Scale, Scales
from search.weighting import effect, versions
from search.weighting.fields import PointsField, PriorField

MEANINGS: dict[str, Promise] = {
    "text": gettext_lazy("How much of what the need says the result's text holds."),
    "industry": gettext_lazy("How close the two industries lie in the tree of GB/T 4754."),
    "function": gettext_lazy("Which of the functions asked for the result has, by the titles."),
    "maturity": gettext_lazy("Whether the result has reached the TRL that is asked."),
    "cooperation": gettext_lazy("Whether both accept one way of working together."),
    "price": gettext_lazy("Whether the price lies within the budget."),
    "region": gettext_lazy("How close the two regions lie: province, city, county."),
    "freshness": gettext_lazy("How lately both were confirmed by their owners."),
}
_SEPARATOR = re.compile(r"[\s,，、;；]+")
_NUMBER = re.compile(r"[0-9]{1,9}")


class Row(NamedTuple):
    """One criterion as the table shows it; no `prior` to type where only 0 is possible."""

    label: Promise
    meaning: Promise
    today: Scale
    weight: forms.BoundField
    prior: forms.BoundField | None
    highest_prior: int


class WeightingForm(forms.Form):
    """Weights and priors, tried on `needs`; the note is asked for when they are to be kept."""

    needs = forms.CharField(
        label=gettext_lazy("Needs to show the effect on"),
        help_text=gettext_lazy(
            "The numbers in the addresses of up to ten needs, separated by commas. Left empty: those "
            "with the most decisions of the last 90 days, then the newest."
        ),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Why these weights"),
        help_text=gettext_lazy("Kept with the version, for everybody who sets weights later."),
        error_messages={"required": gettext_lazy("Say why the weights change.")},
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, today: Scales, keeps: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["note"].required = keeps
        for name in ranking.DEFAULTS:
            label = ranking.LABELS[name]
            self.fields[f"{name}_weight"] = PointsField(label=label)
            if versions.highest_prior(name):
                self.fields[f"{name}_prior"] = PriorField(label=label)

    @staticmethod
    def initial_of(scales: Scales) -> dict[str, int]:
        """Return what the fields show of `scales`."""
        return {
            f"{name}_{part}": value
            for name, scale in scales.items()
            for part, value in scale._asdict().items()
        }

    @property
    def scales(self) -> Scales:
        """What was typed, without the criteria of which a field was refused."""
        typed = self.cleaned_data
        return {
            name: Scale(typed[f"{name}_weight"], typed.get(f"{name}_prior", 0))
            for name in ranking.DEFAULTS
            if not self.errors.keys() & {f"{name}_weight", f"{name}_prior"}
        }

    @property
    def has_sound_scales(self) -> bool:
        """Whether what was typed could be in force, and the needs are known; the note may lack."""
        return self.errors.keys() <= {"note"}

    @property
    def stamp(self) -> str:
        """Tells whether other values were typed."""
        return " ".join(f"{scale.weight}/{scale.prior}" for scale in self.scales.values())

    def rows(self) -> Iterator[Row]:
        for name in ranking.DEFAULTS:
            weight, prior = f"{name}_weight", f"{name}_prior"
            yield Row(
                label=ranking.LABELS[name],
                meaning=MEANINGS[name],
                today=self.today[name],
                weight=self[weight],
                prior=self[prior] if prior in self.fields else None,
                highest_prior=versions.highest_prior(name),
            )

    def clean_needs(self) -> list[TechnologyNeed]:
        """Return the needs that are named, in that order, or the usual ones."""
        named = list(dict.fromkeys(filter(None, _SEPARATOR.split(self.cleaned_data["needs"]))))
        if not named:
            return effect.usual_needs()
        if len(named) > effect.NEEDS:
            raise ValidationError(_("Name at most ten needs."))
        if wrong := [text for text in named if not _NUMBER.fullmatch(text)]:
            raise ValidationError(_("“%(text)s” is no number of a need.") % {"text": wrong[0]})
        found = effect.published().in_bulk(list(map(int, named)))
        if missing := [text for text in named if int(text) not in found]:
            raise ValidationError(
                _("No published need has the number %(text)s.") % {"text": missing[0]}
            )
        return [found[pk] for pk in dict.fromkeys(map(int, named))]

    def clean(self) -> dict[str, Any]:
        scales = self.scales
        try:
            versions.check(scales)
        except ValidationError as error:
            for field, refusals in error.error_dict.items():
                if field != NON_FIELD_ERRORS:
                    self.add_error(field, refusals)
                elif scales.keys() == ranking.DEFAULTS.keys():
                    self.add_error(None, refusals)
        return self.cleaned_data

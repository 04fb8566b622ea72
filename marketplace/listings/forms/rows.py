"""The rows of a listing's form: rights and figures.

The rows of a form are all the rows there are. One whose id this version of the listing does not have is
a new row. So a forged id never touches a row of another listing, a row that a colleague has removed
meanwhile is not lost, and a form that is sent twice does not double its rows.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet

from marketplace.listings.models import IpRight, NeedMetric, ResultFigure

MOST_ROWS = 30
SPARE_ROWS = 2


class Rows(BaseChildFormSet):
    """The child rows of one listing. A row that is left empty is no row."""

    deletion_widget = forms.CheckboxInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound and self.initial_form_count():
            self.extra = 1

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        if not self.is_bound or i >= self.initial_form_count():
            return super()._construct_form(i, **kwargs)
        posted = self.data.get(f"{self.add_prefix(i)}-id", "")
        known = self.known.get(posted)
        kwargs["instance"] = copy(known) if known else self.model()
        return BaseFormSet._construct_form(self, i, **kwargs)  # type: ignore[attr-defined]

    @cached_property
    def known(self) -> dict[str, Any]:
        """The rows of this version that have an id, by it."""
        return {str(child.pk): child for child in self.get_queryset() if child.pk is not None}

    def save(self, commit: bool = True) -> list[Any]:
        """Put the rows in their order into the working copy; a row that is wrong stays as it was."""
        rows = list(self._rows())
        for number, row in enumerate(rows):
            row.sort_order = number
        getattr(self.instance, self.rel_name).set(rows)
        return rows

    def _rows(self) -> Iterator[Any]:
        for form in self.forms:
            is_right = form.is_valid()
            if self._should_delete_form(form):
                continue
            if is_right and (form.is_kept or form.has_changed()):
                yield form.save(commit=False)
            elif known := self.known.get(str(form.instance.pk)):
                yield known

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["id"] = forms.CharField(
            required=False,
            empty_value=None,
            initial=form.instance.pk,
            widget=forms.HiddenInput,
        )
        form.fields["DELETE"].label = _("Remove")
        form.is_kept = index is not None and index < self.initial_form_count()


class IpRightForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = IpRight
        fields = ("type", "number", "status", "checked_on")
        widgets = {"checked_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unchosen = {"type": _("Choose the type"), "status": _("Not stated")}
        for name, words in unchosen.items():
            field = cast("forms.ChoiceField", self.fields[name])
            stored = IpRight._meta.get_field(name)
            field.choices = stored.get_choices(blank_choice=[("", words)])

    def clean_checked_on(self) -> Any:
        checked_on = self.cleaned_data["checked_on"]
        if checked_on and checked_on > timezone.localdate():
            raise forms.ValidationError(_("This date lies in the future."))
        return checked_on


class FigureForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ResultFigure
        fields = ("name_zh", "name_en", "today", "reached")


class MetricForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = NeedMetric
        fields = ("name_zh", "name_en", "value")

"""The rows of an agreement's form: commission tiers, inventors, brokers, milestones, direct costs.

Invariant: a row that is left empty, or is marked to be removed, is no row; every row that was typed
comes back with the form.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from brokers.deals.models import Royalty
from brokers.profiles import profiles
from marketplace.accounts.models import Organisation, User
from marketplace.amounts import AmountField, PartsField, PercentField

MOST_ROWS = 30
MOST_YEARS = 30


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of which none has to be filled in; what is stored comes first, then spare ones."""

    deletion_widget = forms.CheckboxInput

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        if self.is_bound:
            return super().total_form_count()
        return min(len(self.initial or ()) + self.extra, self.max_num)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if self.can_delete:
            form.fields["DELETE"].label = _("Remove")

    def full_clean(self) -> None:
        super().full_clean()
        for row in self.forms:
            if self._is_removed(row):
                row.errors.clear()

    @property
    def filled(self) -> list[Any]:
        """The rows that count."""
        return [row for row in self.forms if row.has_changed() and not self._is_removed(row)]

    def _is_removed(self, row: Any) -> bool:
        return bool(self.can_delete and self.is_bound and self._should_delete_form(row))  # type: ignore[attr-defined]

    def complain(self, text: str) -> None:
        """Add an error about the rows as a whole."""
        self.non_form_errors().append(text)


class AmountRow(forms.Form):
    """A row whose amounts are in the currency of the agreement."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency


class TierForm(AmountRow):
    """A tier begins where the one before it ends."""

    up_to = AmountField(label=_("Cumulative net income up to"), required=False)
    rate = PercentField(label=_("Commission, %"))


class TeamTierForm(TierForm):
    rate = PercentField(label=_("Team, %"))


class TierRows(Rows):
    def clean(self) -> None:
        for row in self.filled[:-1]:
            if not row.errors and row.cleaned_data.get("up_to") is None:
                row.add_error("up_to", _("Only the last tier has no upper end."))

    def scale(self) -> list[list[Any]]:
        """Return what is typed as [start, end, basis points], amounts in minor units."""
        tiers: list[list[Any]] = []
        start = 0
        for row in self.filled:
            end = row.cleaned_data.get("up_to")
            tiers.append([start, end and end.amount, row.cleaned_data["rate"]])
            start = end.amount if end else 0
        return tiers


class InventorForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    parts = PartsField(label=_("Parts"), initial=1)

    def __init__(self, *args: Any, institutions: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institutions = institutions
        self.user: User | None = None

    def has_changed(self) -> bool:
        """Say whether something was typed; the one part that a spare row begins with does not count."""
        typed = {
            name: self.data.get(self.add_prefix(name), "").strip() for name in ("email", "parts")
        }
        return bool(typed["email"]) or typed["parts"] not in ("", "1")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        members = User.objects.filter(memberships__organisation__in=self.institutions)
        self.user = members.filter(email__iexact=email).first()
        if self.user is None:
            raise forms.ValidationError(
                _("No member of %(name)s has this address.")
                % {"name": _(", ").join(one.name for one in self.institutions)}
            )
        return email


class PartForm(forms.Form):
    parts = PartsField(label=_("Parts"))


class PartRows(Rows):
    """One row for each of `holders`, who divide a share; one part is the default."""

    def __init__(self, data: Any, *, prefix: str, holders: Sequence[Any], **kwargs: Any) -> None:
        if data is not None:
            counts = {f"{prefix}-{name}_FORMS": len(holders) for name in ("TOTAL", "INITIAL")}
            parts = {f"{prefix}-{holder.pk}-parts": "1" for holder in holders}
            data = {**parts, **data.dict(), **counts}
        super().__init__(data, prefix=prefix, **kwargs)
        self.holders = holders

    def total_form_count(self) -> int:
        return len(self.holders)

    def add_prefix(self, index: int | str) -> str:
        return f"{self.prefix}-{self.holders[index].pk if isinstance(index, int) else index}"

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if index is None:
            return
        form.holder = self.holders[index]
        form.fields["parts"].label = _("Parts of %(name)s") % {"name": form.holder.name}
        if isinstance(form.holder, User):
            form.fields["parts"].help_text = profiles.brokerage_note(form.holder)

    @property
    def parts(self) -> list[list[int]]:
        """Return each holder's primary key and parts."""
        return [[row.holder.pk, row.cleaned_data["parts"]] for row in self]


class MilestoneForm(AmountRow):
    title = forms.CharField(label=_("Title"), max_length=120)
    amount = AmountField(label=_("Amount"))
    due_on = forms.DateField(
        label=_("Due"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    deliverable = LongTextField(label=_("Deliverable"), max_length=2000, rows=2)

    def __init__(self, *args: Any, agreed_days: Collection[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreed_days = agreed_days

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate() and day not in self.agreed_days:
            raise forms.ValidationError(_("This day is in the past."))
        return day


class RoyaltyForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=100)
    base = forms.CharField(
        label=_("Base"),
        help_text=_("Of what the rate is taken, for example net sales of licensed products."),
        max_length=500,
    )
    rate = PercentField(label=_("Rate, %"))
    months = forms.TypedChoiceField(
        label=_("Reported"), choices=Royalty.Interval.choices, coerce=int
    )
    first_day = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    payment_days = forms.IntegerField(
        label=_("Days for the payment"), min_value=1, max_value=365, initial=30
    )

    def has_changed(self) -> bool:
        """Say whether something was typed; what a spare row begins with does not count."""
        names = ("title", "base", "rate", "first_day", "last_day")
        return any(self.data.get(self.add_prefix(name), "").strip() for name in names)

    def clean_rate(self) -> int:
        rate: int = self.cleaned_data["rate"]
        if rate == 0:
            raise forms.ValidationError(_("Enter a percentage above zero."))
        return rate

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last <= first:
            self.add_error("last_day", _("This is before the first day."))
        if first and last and (last - first).days > MOST_YEARS * 366:
            self.add_error("last_day", _("A royalty lasts 30 years at most."))
        return data


class CostForm(AmountRow):
    milestone = forms.IntegerField(
        label=_("Number of the milestone"), min_value=1, max_value=MOST_ROWS
    )
    title = forms.CharField(label=_("What for"), max_length=120)
    amount = AmountField(label=_("Amount"))


TierFormSet = forms.formset_factory(
    TierForm, TierRows, extra=2, max_num=10, validate_max=True, can_delete=True
)
TeamTierFormSet = forms.formset_factory(
    TeamTierForm, TierRows, extra=2, max_num=10, validate_max=True, can_delete=True
)
InventorFormSet = forms.formset_factory(
    InventorForm, Rows, extra=1, max_num=MOST_ROWS, validate_max=True, can_delete=True
)
PartFormSet = forms.formset_factory(PartForm, PartRows, extra=0)
MilestoneFormSet = forms.formset_factory(
    MilestoneForm, Rows, extra=1, max_num=MOST_ROWS, validate_max=True, can_delete=True
)
RoyaltyFormSet = forms.formset_factory(
    RoyaltyForm, Rows, extra=1, max_num=10, validate_max=True, can_delete=True
)
CostFormSet = forms.formset_factory(
    CostForm, Rows, extra=1, max_num=MOST_ROWS, validate_max=True, can_delete=True
)

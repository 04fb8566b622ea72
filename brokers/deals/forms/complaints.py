"""Forms about complaints: open one, say one's side, decide."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from brokers.deals.forms.steps import LongTextField
from brokers.deals.models import Complaint, Milestone, Party
from marketplace.amounts import AmountField
from marketplace.files.forms import UploadField
from marketplace.money import Money

Kind, Outcome = Complaint.Kind, Complaint.Outcome
WHOLE_DEAL = "deal"


class StatementForm(forms.Form):
    text = LongTextField(label=_("Statement"), rows=6, max_length=5000)
    upload = UploadField(
        label=_("Evidence"),
        help_text=_("One file. Only the two sides and the administrators can read it."),
        required=False,
    )


class ComplaintForm(StatementForm):
    """A complaint about one of `milestones`, all money of the deal or how one of `parties` behaved."""

    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=Kind.choices, widget=forms.RadioSelect
    )
    milestone = forms.ChoiceField(
        label=_("Milestone"),
        help_text=_(
            "Where it is about what was delivered or about money. Its money is held until the decision; "
            "that of other milestones is not."
        ),
        required=False,
    )
    against = forms.ChoiceField(label=_("Who is it about?"))
    field_order = ("kind", "milestone", "against", "text", "upload")

    def __init__(
        self,
        *args: Any,
        milestones: Sequence[Milestone],
        parties: Sequence[tuple[Party, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.milestones = {str(milestone.pk): milestone for milestone in milestones}
        self.parties = {str(party.pk): party for party, _name in parties}
        about = cast("forms.ChoiceField", self.fields["milestone"])
        about.choices = [
            ("", "–"),
            *((key, one.title) for key, one in self.milestones.items()),
            (WHOLE_DEAL, _("No single one: all money of the deal")),
        ]
        against = cast("forms.ChoiceField", self.fields["against"])
        against.choices = [(str(party.pk), name) for party, name in parties]

    def clean_against(self) -> Party:
        return self.parties[self.cleaned_data["against"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, kind = data.get("milestone", ""), data.get("kind")
        data["milestone"] = self.milestones.get(chosen)
        is_whole_deal = chosen == WHOLE_DEAL and kind == Kind.PAYMENT
        if kind not in (None, Kind.CONDUCT) and not data["milestone"] and not is_whole_deal:
            self.add_error("milestone", _("Choose a milestone that has been paid."))
        return data


class DecisionForm(forms.Form):
    """Decides a complaint; of the payment `left` can be given back, None where none is meant.

    The agreement `may_end` where the complaint is about its money.
    """

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount to give back"), required=False)
    reason = LongTextField(
        label=_("Reason"), help_text=_("Both sides read it."), rows=5, max_length=5000
    )
    ends = forms.BooleanField(label=_("The agreement ends"), required=False)

    def __init__(self, *args: Any, left: Money | None, may_end: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = (Outcome.DISMISSED, Outcome.UPHELD)
        if not may_end:
            del self.fields["ends"]
        if left is None:
            del self.fields["amount"]
        else:
            possible = (Outcome.DISMISSED, Outcome.PARTIAL, Outcome.FULL, Outcome.UPHELD)  # type: ignore[assignment]
            cast("AmountField", self.fields["amount"]).currency = left.currency
        outcome = cast("forms.ChoiceField", self.fields["outcome"])
        outcome.choices = [(one.value, one.label) for one in possible]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_partial = data.get("outcome") == Outcome.PARTIAL
        if is_partial and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", ValidationError(_("Enter an amount."), code="required"))
        return data

"""The form that stands with every match which its reader may decide about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from search.decisions import shown
from search.decisions.recording import DeclineReason, Verdict
from search.permissions import Pair

CHOICES = [(verdict.value, verdict.label) for verdict in (Verdict.ACCEPTED, Verdict.DECLINED)]


class DecisionForm(forms.Form):
    """`verdict` is the button that was pressed; `match` what the page showed, see `decisions.shown`."""

    reason = forms.ChoiceField(
        label=_("Why does it not fit?"),
        choices=[("", _("Choose a reason")), *DeclineReason.choices],
        error_messages={"required": _("Say why the match does not fit.")},
        help_text=_("Its author learns the reason, never who gave it."),
    )
    verdict = forms.ChoiceField(choices=CHOICES, widget=forms.HiddenInput)
    match = forms.Field(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, pair: Pair, user: User) -> None:
        super().__init__(data, auto_id=f"id_{pair[0].pk}_{pair[1].pk}_%s")
        self.pair, self.user = pair, user
        self.fields["reason"].required = self.data.get("verdict") != Verdict.ACCEPTED

    def clean_match(self) -> dict[str, Any]:
        match = shown.read(self.cleaned_data["match"] or "", self.pair, self.user)
        if match is None:
            raise forms.ValidationError(
                _(
                    "The page with this match was open for too long. Below is the match as it stands "
                    "now: look at it, and decide again."
                ),
                code="outdated",
            )
        return match

    def clean_verdict(self) -> str:
        """Return the verdict; what was chosen as a reason goes with a decline only."""
        verdict: str = self.cleaned_data["verdict"]
        if verdict == Verdict.ACCEPTED:
            self.cleaned_data["reason"] = ""
        return verdict

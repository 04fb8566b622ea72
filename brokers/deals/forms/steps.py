"""Small forms about the course of a deal: introduce, move, sign, let a broker join, add a file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.deals.models import DealFile, Party
from marketplace.accounts.models import User
from marketplace.files.forms import UploadField

CLICKED_TWICE = _("This page is out of date. Load it again.")


class LongTextField(forms.CharField):
    """A text of several lines, with a counter."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        attrs = {"rows": rows, "data-count": _("{} characters left")}
        super().__init__(widget=forms.Textarea(attrs=attrs), **kwargs)


class IntroductionForm(forms.Form):
    message = LongTextField(
        label=_("Message to both sides"),
        help_text=_("Why they should talk. Both sides read it."),
        max_length=2000,
        required=False,
    )


class MoveForm(forms.Form):
    """`version` is the deal's when the page was shown."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": CLICKED_TWICE, "invalid": CLICKED_TWICE},
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False)


class DeclineForm(forms.Form):
    reason = LongTextField(
        label=_("Reason"),
        help_text=_("Everybody who takes part reads it in the history of the deal."),
        max_length=2000,
    )


class BrokerForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address of the broker"),
        help_text=_("Another verified broker who shares the work and the commission."),
        max_length=254,
    )

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("No verified broker has this address."))
        return user


class SigningForm(forms.Form):
    """Signs the text whose hash is `sha256`, for one of `parties`."""

    party = forms.TypedChoiceField(label=_("Sign for"), coerce=int, widget=forms.RadioSelect)
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    is_read = forms.BooleanField(
        label=_("I have read this text and sign it."),
        error_messages={"required": _("Read the text, then tick this box.")},
    )

    def __init__(
        self, *args: Any, parties: Sequence[Party], names: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (party.pk, f"{names[party.pk]} ({party.get_role_display()})") for party in parties
        ]
        self.fields["party"].choices = choices  # type: ignore[attr-defined]


class FileForm(forms.Form):
    upload = UploadField(label=_("File"))
    kind = forms.ChoiceField(label=_("Kind of file"), choices=DealFile.Kind.choices)
    tier = forms.ChoiceField(
        label=_("Who may read it"),
        choices=DealFile.Tier.choices,
        initial=DealFile.Tier.PARTIES,
        widget=forms.RadioSelect,
        help_text=_(
            "A file under the confidentiality agreement opens for the other side once both have "
            "signed it, and stays closed to brokers."
        ),
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("The file's name if left empty."),
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if side == DealFile.Side.BROKER:
            choices = [c for c in DealFile.Tier.choices if c[0] != DealFile.Tier.NDA]
            self.fields["tier"].choices = choices  # type: ignore[attr-defined]

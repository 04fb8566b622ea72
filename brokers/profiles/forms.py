"""The profile of a broker as its owner fills it in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.profiles.models import BrokerProfile
from marketplace.accounts.models import Organisation, User
from marketplace.files import uploads
from marketplace.files.forms import UploadField
from marketplace.taxonomy.models import Industry, Region

MANY = forms.CheckboxSelectMultiple(attrs={"class": "choice-list"})


class BrokerProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    industries = forms.ModelMultipleChoiceField(
        Industry.objects.filter(level__lte=Industry.Level.DIVISION),
        label=_("Industries"),
        required=False,
        widget=MANY,
    )
    regions = forms.ModelMultipleChoiceField(
        Region.objects.filter(level=Region.Level.PROVINCE),
        label=_("Regions"),
        required=False,
        widget=MANY,
    )
    upload = UploadField(label=_("Certificate (PDF or picture)"), required=False)

    class Meta:
        model = BrokerProfile
        fields = (
            "brokerage",
            "brokerage_percent",
            "bio_zh",
            "bio_en",
            "industries",
            "regions",
            "languages",
            "certificate_number",
            "certificate_expires_on",
        )
        widgets = {
            "bio_zh": forms.Textarea(attrs={"rows": 5, "lang": "zh-Hans"}),
            "bio_en": forms.Textarea(attrs={"rows": 5, "lang": "en"}),
            "certificate_expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.user = user
        self.fields["brokerage"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind=Organisation.Kind.BROKERAGE, memberships__user=user
        )

    @property
    def parts(self) -> list[tuple[Any, Any, list[Any]]]:
        """The fields in parts: title, hint, fields."""
        about = ("brokerage", "brokerage_percent", "bio_zh", "bio_en", "languages")
        certificate = ("certificate_number", "certificate_expires_on", "upload")
        return [
            (title, hint, [self[name] for name in names])
            for title, hint, names in (
                (_("About you"), "", about),
                (_("What you know"), _("Choose all that apply."), ("industries", "regions")),
                (
                    _("Your certificate"),
                    _("An administrator compares it. Changing it ends the verification."),
                    certificate,
                ),
            )
        ]

    def clean_brokerage_percent(self) -> int:
        return self.cleaned_data["brokerage_percent"] or 0

    def clean_certificate_expires_on(self) -> Any:
        day = self.cleaned_data["certificate_expires_on"]
        if day and "certificate_expires_on" in self.changed_data and day < timezone.localdate():
            raise ValidationError(_("This certificate has expired."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("brokerage_percent") and not data.get("brokerage"):
            self.add_error("brokerage_percent", ValidationError(_("Choose the brokerage first.")))
        if not data.get("bio_zh") and not data.get("bio_en"):
            self.add_error(
                "bio_zh", ValidationError(_("Introduce yourself in Chinese or English."))
            )
        return data

    def stored(self) -> BrokerProfile:
        """Return the profile as typed, with its certificate stored."""
        profile: BrokerProfile = self.save(commit=False)
        if upload := self.cleaned_data["upload"]:
            profile.certificate = uploads.store(upload, uploaded_by=profile.user)
            self.changed_data.append("certificate")
        return profile


class AgreementForm(forms.Form):
    """`percent` is the part that was on screen."""

    percent = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=99)

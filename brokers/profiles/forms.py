from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from brokers.profiles.models import BrokerProfile
from marketplace.accounts.models import Organisation, User
from marketplace.files import uploads
from marketplace.files.forms import UploadField
from marketplace.taxonomy.models import Industry, Region


class BrokerProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    industries = forms.ModelMultipleChoiceField(
        Industry.objects.filter(level__lte=Industry.Level.DIVISION),
        label=_("Industries"),
        required=False,
    )
    regions = forms.ModelMultipleChoiceField(
        Region.objects.filter(level=Region.Level.PROVINCE), label=_("Regions"), required=False
    )
    upload = UploadField(label=_("Certificate (PDF or picture)"), required=False)

    class Meta:
        model = BrokerProfile
        fields = (
            "brokerage",
            "bio_zh",
            "bio_en",
            "industries",
            "regions",
            "languages",
            "certificate_number",
            "certificate_expires_on",
        )
        widgets = {"certificate_expires_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.user = user
        self.fields["brokerage"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind=Organisation.Kind.BROKERAGE, memberships__user=user
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
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

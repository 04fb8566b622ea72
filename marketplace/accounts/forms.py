"""Forms about people and organisations."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import time_zones
from marketplace.accounts.models import Invitation, Organisation, User
from marketplace.taxonomy.models import Region


class SignupForm(forms.Form):
    """What allauth's sign-up asks besides address and password."""

    last_name = forms.CharField(label=_("Family name"), max_length=150)
    first_name = forms.CharField(label=_("Given name"), max_length=150)

    field_order = ("last_name", "first_name", "email", "password1", "password2")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Required by allauth; the adapter has stored the names already."""


def _time_zones() -> list[tuple[str, Any]]:
    """Return the choices of a time zone; without one it is the site's."""
    return [("", _("as on this site")), *((name, name) for name in time_zones.available())]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_time_zones,
        required=False,
        help_text=User._meta.get_field("time_zone").help_text,
    )

    class Meta:
        model = User
        fields = ("last_name", "first_name", "language", "time_zone")
        labels = {"last_name": _("Family name"), "first_name": _("Given name")}


class AsksForName(forms.BaseForm):
    """A form of an organisation, which has a name in at least one of the two languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_zh"].help_text = _("A name in one of the two languages is enough.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name_zh") and not data.get("name_en"):
            self.add_error("name_zh", _("Give a name in Chinese or in English."))
        return data


class OrganisationForm(AsksForName, forms.ModelForm):  # type: ignore[type-arg]
    region = forms.ModelChoiceField(
        Region.objects.filter(level__lte=Region.Level.CITY), label=_("Region"), required=False
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Organisation
        fields = (
            "kind",
            "name_zh",
            "name_en",
            "credit_code",
            "state_established",
            "region",
            "website",
            "description_zh",
            "description_en",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 5}) for name in ("description_zh", "description_en")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["kind"].disabled = True
            self.fields["state_established"].disabled = True

    def save(self, commit: bool = True) -> Organisation:
        if not self.instance.slug:
            self.instance.slug = _free_slug(self.cleaned_data["name_en"])
        return super().save(commit)


def _free_slug(name_en: str) -> str:
    base = slugify(name_en)[:70] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Invitation
        fields = ("email", "role")

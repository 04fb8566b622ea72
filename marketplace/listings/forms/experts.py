"""The profile of an expert as the person fills it in; it writes into a working copy only."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import ClusterForm

from marketplace.accounts.models import User
from marketplace.listings.models import ExpertProfile
from marketplace.listings.models.experts import with_public_team
from marketplace.listings.models.listing import CooperationMode
from marketplace.taxonomy.models import Industry

MANY = forms.CheckboxSelectMultiple(attrs={"class": "choice-list"})


class ExpertForm(ClusterForm):
    """Offers the organisations of `user` and their results that name their team to everybody."""

    industries = forms.ModelMultipleChoiceField(
        Industry.objects.filter(level__lte=Industry.Level.DIVISION),
        label=_("Fields of work"),
        required=False,
        widget=MANY,
    )
    results = forms.ModelMultipleChoiceField(
        with_public_team().none(),
        label=_("Results on whose team you are"),
        widget=MANY,
        error_messages={"required": _("Choose at least one result on whose team you are.")},
    )
    cooperation_modes = forms.MultipleChoiceField(
        label=_("Ways of working together"),
        choices=CooperationMode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ExpertProfile
        fields = (
            "name_zh",
            "name_en",
            "position_zh",
            "position_en",
            "organisation",
            "profile_zh",
            "profile_en",
            "industries",
            "results",
            "cooperation_modes",
        )
        widgets = {
            "profile_zh": forms.Textarea(attrs={"rows": 5, "lang": "zh-Hans"}),
            "profile_en": forms.Textarea(attrs={"rows": 5, "lang": "en"}),
        }

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        own = user.organisations.order_by("slug")
        self.fields["organisation"].queryset = own
        self.fields["results"].queryset = with_public_team().filter(organisation__in=own)
        if len(own) == 1:
            self.fields["organisation"].initial = own[0]

    @property
    def parts(self) -> list[tuple[Any, Any, list[Any]]]:
        """The fields in parts: title, hint, fields."""
        return [
            (title, hint, [self[name] for name in names])
            for title, hint, names in (
                (_("About you"), _("One language is enough; two reach more readers."), ABOUT),
                (_("What you have worked on"), _("Choose all that apply."), WORK),
            )
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for stem, message in (
            ("name", _("Give a name in Chinese or in English.")),
            ("profile", _("Introduce yourself in Chinese or in English.")),
        ):
            if not data.get(f"{stem}_zh") and not data.get(f"{stem}_en"):
                self.add_error(f"{stem}_zh", ValidationError(message))
        owners = {result.organisation_id for result in data.get("results", ())}
        if owners and (named := data.get("organisation")) and named.pk not in owners:
            self.add_error("results", _("Choose at least one result of the organisation you name."))
        return data


ABOUT = ExpertForm.Meta.fields[:7]
WORK = ExpertForm.Meta.fields[7:]

"""The due-diligence record (尽职免责) as its institution fills it in."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals import periods
from brokers.deals.models import DueDiligence
from brokers.payments.forms import EvidenceField
from marketplace.amounts import PercentField

DATES = ("approved_on", "rights_from", "rights_until")


class DueDiligenceForm(forms.ModelForm):  # type: ignore[type-arg]
    rights_share = PercentField(label=_("Share of ownership of the team, %"), required=False)
    upload = EvidenceField(
        label=_("Minutes of the approval"),
        help_text=_("The scan as PDF, PNG or JPEG. Leave it empty to keep the one that is here."),
        required=False,
    )

    class Meta:
        model = DueDiligence
        fields = DueDiligence.FACTS
        widgets = {
            **{n: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for n in DATES},
            "related_parties": forms.Textarea(attrs={"rows": 3}),
        }

    field_order = ("pricing_mode", "approved_on", "approval", "upload")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        notice, use = periods.public_notice(on=today), periods.right_of_use(on=today)
        self.fields["pricing_mode"].help_text = _(
            "Where the price is agreed, name and price are on public notice for at least "
            "%(days)d days (%(source)s)."
        ) % {"days": notice.days, "source": notice.source}
        self.fields["approval"].label = _("Number or title of the minutes")
        self.fields["related_parties"].help_text = _(
            "Relations between the people involved and the enterprise; “none” where there are none."
        )
        self.fields["rights_until"].help_text = _(
            "A long-term right of use lasts at least %(years)d years (%(source)s)."
        ) % {"years": use.years, "source": use.source}
        self.fields["export_control"].help_text = _(
            "Needed where a party is established abroad: what was checked, by whom, the outcome."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("approved_on") and data["approved_on"] > timezone.localdate():
            self.add_error("approved_on", _("This day is in the future."))
        if data.get("foreign_party") and not data.get("export_control"):
            self.add_error("export_control", _("The export-control check is missing."))
        return data

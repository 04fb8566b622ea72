"""The due-diligence record (尽职免责) as its institution fills it in."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals import periods
from brokers.deals.models import DueDiligence

TEXTS = ("objections", "related_parties")
DATES = ("notice_from", "notice_until", "approved_on")


class DueDiligenceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DueDiligence
        fields = (
            "pricing_mode",
            "notice_from",
            "notice_until",
            "objections",
            "approved_on",
            "approval",
            "related_parties",
            "foreign_party",
            "export_control",
        )
        widgets = {
            **{n: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for n in DATES},
            **{name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        period = periods.public_notice(on=timezone.localdate())
        self.fields["notice_from"].help_text = _(
            "Name and price are on public notice for at least %(days)d days where the price is "
            "agreed (%(source)s)."
        ) % {"days": period.days, "source": period.source}
        self.fields["related_parties"].help_text = _(
            "Relations between the people involved and the enterprise; “none” where there are none."
        )
        self.fields["export_control"].help_text = _(
            "Needed where a party is established abroad: what was checked, by whom, the outcome."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begin, end = data.get("notice_from"), data.get("notice_until")
        if begin and end and end < begin:
            self.add_error("notice_until", _("The notice ends before it begins."))
        if bool(begin) != bool(end) and not self.errors.keys() & {"notice_from", "notice_until"}:
            missing = "notice_until" if begin else "notice_from"
            self.add_error(missing, _("Give both the first and the last day of the notice."))
        if data.get("approved_on") and data["approved_on"] > timezone.localdate():
            self.add_error("approved_on", _("This day is in the future."))
        if data.get("foreign_party") and not data.get("export_control"):
            self.add_error("export_control", _("The export-control check is missing."))
        return data

"""The form of a research result."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.amounts import AmountField, PercentField
from marketplace.listings.forms.listing import (
    AMOUNT_TEMPLATE,
    ATTACHMENT_ROWS,
    COMMON_FIELDS,
    ListingForm,
    LongTextField,
    rows,
)
from marketplace.listings.forms.parts import Part, both
from marketplace.listings.forms.pickers import IpcField
from marketplace.listings.forms.rows import IpRightForm
from marketplace.listings.maturity import CHOICES
from marketplace.listings.models import ResearchResult


class ResultForm(ListingForm):
    trl = forms.TypedChoiceField(
        label=_("Technology readiness level"),
        help_text=_("The highest level that you can show evidence for (GB/T 22900)."),
        choices=[("", _("Not stated")), *CHOICES],
        coerce=int,
        empty_value=None,
        required=False,
    )
    ipc = IpcField(
        label=_("Patent classes (IPC)"),
        help_text=_("As they stand on your patents, for example H01M 10/0525, C07D."),
    )
    price_min = AmountField(label=_("Price from"), required=False, template_name=AMOUNT_TEMPLATE)
    price_max = AmountField(label=_("Price to"), required=False, template_name=AMOUNT_TEMPLATE)
    team_share = PercentField(label=_("Share of ownership granted to the team, %"), required=False)

    labels = {
        "title": _("Title"),
        "summary": _("Summary"),
        "keywords": _("Keywords"),
        "problem": _("Problem solved"),
        "advantage": _("Advantage"),
        "application": _("Fields of application"),
        "details": _("Details"),
        "team": _("Team"),
    }
    layout = (
        Part(
            name="what",
            title=_("What it is"),
            hint=_("Everybody can read this. One language is enough; two reach more readers."),
            fields=("organisation", *both("title", "summary", "keywords")),
        ),
        Part(
            name="problem",
            title=_("Problem solved"),
            hint=_("Whose problem is it, and what does it cost them today?"),
            fields=both("problem"),
            section="problem",
        ),
        Part(
            name="advantage",
            title=_("Advantage over today's practice"),
            hint=_("Compare in figures, and say how they were measured."),
            fields=both("advantage"),
            section="advantage",
        ),
        Part(
            name="application",
            title=_("Fields of application"),
            hint=_("In which products, plants or services can it be used?"),
            fields=both("application"),
            section="application",
        ),
        Part(
            name="details",
            title=_("Details"),
            hint=_("How it works, what has been tested, what is still missing."),
            fields=both("details"),
            section="details",
        ),
        Part(
            name="maturity",
            title=_("Maturity and place"),
            hint=_("Matches are found by these too."),
            fields=("trl", "industry", "industry_code", "region", "ipc"),
        ),
        Part(
            name="ip_rights",
            title=_("Intellectual property"),
            hint=_("Patents, copyrights and other rights that protect it, one in each row."),
            section="ip_rights",
            rows="ip_rights",
            add=_("Add another right"),
        ),
        Part(name="team", title=_("Team"), fields=both("team"), section="team"),
        Part(
            name="cooperation",
            title=_("Working together"),
            fields=("cooperation_modes",),
        ),
        Part(
            name="price",
            title=_("Price expectation"),
            hint=_("A range is enough; leave it empty to talk about it later."),
            fields=("currency", "price_min", "price_max"),
            section="price",
        ),
        Part(
            name="ownership",
            title=_("Ownership of the service invention"),
            hint=_("Who owns the result, and what the team has been granted (赋权)."),
            fields=("ownership", "team_share"),
            section="ownership",
        ),
        Part(
            name="files",
            title=_("Files"),
            hint=_("PDF, Office documents, pictures or text, at most 20 MB each."),
            rows="attachments",
            add=_("Add another file"),
        ),
    )

    class Meta:
        model = ResearchResult
        fields = (
            *COMMON_FIELDS,
            *both("advantage", "application", "team"),
            "trl",
            "ipc",
            "price_min",
            "price_max",
            "ownership",
            "team_share",
        )
        field_classes = dict.fromkeys(
            both("summary", "problem", "advantage", "application", "details", "team"), LongTextField
        )
        formsets = {"ip_rights": rows(IpRightForm), "attachments": ATTACHMENT_ROWS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (share := self.instance.team_share) is not None:
            self.initial["team_share"] = int(share * 100)

    def clean_team_share(self) -> Decimal | None:
        basis_points = self.cleaned_data["team_share"]
        return None if basis_points is None else Decimal(basis_points) / 100

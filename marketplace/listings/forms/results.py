"""The form of a research result."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.amounts import AmountField, PercentField
from marketplace.listings.forms.listing import (
    AMOUNT_TEMPLATE,
    ATTACHMENT_ROWS,
    COMMON_FIELDS,
    COMMON_LABELS,
    COMMON_TIPS,
    COOPERATION,
    FILES,
    ListingForm,
    LongTextField,
    level_field,
    place,
    rows,
    what,
)
from marketplace.listings.forms.parts import Part, both, text_part
from marketplace.listings.forms.pickers import IpcField
from marketplace.listings.forms.rows import FigureForm, IpRightForm
from marketplace.listings.forms.steps import Step
from marketplace.listings.models import ResearchResult


class ResultForm(ListingForm):
    trl = level_field(
        _("Technology readiness level"),
        _("The highest level that you can show evidence for (GB/T 22900)."),
        _("Not stated"),
    )
    ipc = IpcField(
        label=_("Patent classes (IPC)"),
        help_text=_("As they stand on your patents, for example H01M 10/0525, C07D."),
    )
    price_min = AmountField(label=_("Price from"), required=False, template_name=AMOUNT_TEMPLATE)
    price_max = AmountField(label=_("Price to"), required=False, template_name=AMOUNT_TEMPLATE)
    team_share = PercentField(label=_("Share of ownership granted to the team, %"), required=False)

    labels = COMMON_LABELS | {
        "problem": _("Problem solved"),
        "advantage": _("Advantage"),
        "application": _("Fields of application"),
        "team": _("Team"),
    }
    tips = COMMON_TIPS | {
        "title": _("What it is and what it does, in the words that a buyer would search for."),
        "summary": _("Two or three sentences: for whom, what gets better, how far it is."),
        "price_min": _("The least that you would accept."),
        "price_max": _("What you hope for."),
        "ownership": _("Partners ask first who can sign."),
        "team_share": _("A number of percent, for example 70."),
    }
    together = (frozenset({"price_min", "price_max"}), frozenset({"ownership", "team_share"}))
    steps = (
        Step(
            title=_("What it is"),
            parts=(
                what(_("What it is")),
                text_part(
                    "problem",
                    _("Problem solved"),
                    _("Whose problem is it, and what does it cost them today?"),
                ),
                text_part(
                    "application",
                    _("Fields of application"),
                    _("In which products, plants or services can it be used?"),
                ),
            ),
        ),
        Step(
            title=_("How good and how mature"),
            parts=(
                text_part(
                    "advantage",
                    _("Advantage over today's practice"),
                    _("Compare in figures, and say how they were measured."),
                ),
                Part(
                    name="figures",
                    title=_("Measured against today's practice"),
                    hint=_(
                        "What readers ask first: one figure with its unit in each row, today's "
                        "beside yours."
                    ),
                    section="figures",
                    rows="figures",
                    add=_("Add another figure"),
                ),
                text_part(
                    "details",
                    _("Details"),
                    _("How it works, what has been tested, what is still missing."),
                ),
                place("trl", "ipc"),
            ),
        ),
        Step(
            title=_("Rights and team"),
            parts=(
                Part(
                    name="ip_rights",
                    title=_("Intellectual property"),
                    hint=_(
                        "Patents, copyrights and other rights that protect it, one in each row, "
                        "numbered as in the register."
                    ),
                    section="ip_rights",
                    rows="ip_rights",
                    add=_("Add another right"),
                ),
                Part(
                    name="ownership",
                    title=_("Ownership of the service invention"),
                    hint=_("Who owns the result, and what the team has been granted (赋权)."),
                    fields=("ownership", "team_share"),
                    section="ownership",
                ),
                text_part("team", _("Team"), _("Who made it, and who would work with a partner.")),
            ),
        ),
        Step(
            title=_("Cooperation and price"),
            parts=(
                COOPERATION,
                Part(
                    name="price",
                    title=_("Price expectation"),
                    hint=_("A range is enough; leave it empty to talk about it later."),
                    fields=("currency", "price_min", "price_max"),
                    section="price",
                ),
            ),
        ),
        Step(title=_("Files"), parts=(FILES,)),
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
        formsets = {
            "figures": rows(FigureForm),
            "ip_rights": rows(IpRightForm),
            "attachments": ATTACHMENT_ROWS,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (share := self.instance.team_share) is not None:
            self.initial["team_share"] = int(share * 100)

    def clean_team_share(self) -> Decimal | None:
        basis_points = self.cleaned_data["team_share"]
        return None if basis_points is None else Decimal(basis_points) / 100

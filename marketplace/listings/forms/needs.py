"""The form of a technology need."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.amounts import AmountField
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
from marketplace.listings.forms.rows import MetricForm
from marketplace.listings.forms.steps import Step
from marketplace.listings.models import TechnologyNeed


class NeedForm(ListingForm):
    min_trl = level_field(
        _("Lowest technology readiness level"),
        _("What a result must have reached at least (GB/T 22900)."),
        _("Any"),
    )
    budget_min = AmountField(label=_("Budget from"), required=False, template_name=AMOUNT_TEMPLATE)
    budget_max = AmountField(label=_("Budget to"), required=False, template_name=AMOUNT_TEMPLATE)
    reward = AmountField(
        label=_("Reward of an open challenge"),
        help_text=_("Give one to invite everybody to apply with a solution (揭榜挂帅)."),
        required=False,
        template_name=AMOUNT_TEMPLATE,
    )

    labels = COMMON_LABELS | {"problem": _("Problem")}
    tips = COMMON_TIPS | {
        "title": _("What is to be solved, in the words that a researcher would search for."),
        "summary": _("Two or three sentences: where it hurts, what you look for, until when."),
        "budget_min": _("What has been set aside at least."),
        "budget_max": _("The most that a full solution may cost."),
        "deadline": _("The last day on which you take answers."),
    }
    together = (frozenset({"budget_min", "budget_max"}), frozenset({"reward", "deadline"}))
    steps = (
        Step(
            title=_("What you are looking for"),
            parts=(
                what(_("What you are looking for")),
                text_part(
                    "problem",
                    _("Problem"),
                    _("What does not work today, what was tried, what does it cost?"),
                ),
            ),
        ),
        Step(
            title=_("What a solution must reach"),
            parts=(
                Part(
                    name="metrics",
                    title=_("Required figures"),
                    hint=_(
                        "What a solution must reach: one figure with limit and unit in each row."
                    ),
                    section="metrics",
                    rows="metrics",
                    add=_("Add another figure"),
                ),
                text_part(
                    "details", _("Details"), _("Conditions, standards, interfaces, volumes.")
                ),
                place("min_trl"),
            ),
        ),
        Step(
            title=_("Cooperation and budget"),
            parts=(
                COOPERATION,
                Part(
                    name="budget",
                    title=_("Budget"),
                    hint=_("A range is enough. Needs with a budget get more and better answers."),
                    fields=("currency", "budget_min", "budget_max"),
                    section="budget",
                ),
                Part(
                    name="time",
                    title=_("Deadline and challenge"),
                    hint=_("Everybody can read this. The reward is in the currency of the budget."),
                    fields=("deadline", "reward"),
                ),
            ),
        ),
        Step(
            title=_("Your name and files"),
            parts=(
                Part(
                    name="anonymity",
                    title=_("Your organisation"),
                    hint=_("Keep its name out of the texts and files, too, if you stay anonymous."),
                    fields=("anonymous",),
                ),
                FILES,
            ),
        ),
    )

    class Meta:
        model = TechnologyNeed
        fields = (
            *COMMON_FIELDS,
            "min_trl",
            "budget_min",
            "budget_max",
            "deadline",
            "anonymous",
            "reward",
        )
        field_classes = dict.fromkeys(both("summary", "problem", "details"), LongTextField)
        widgets = {"deadline": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        formsets = {"metrics": rows(MetricForm), "attachments": ATTACHMENT_ROWS}

    def clean_deadline(self) -> Any:
        deadline = self.cleaned_data["deadline"]
        if deadline and deadline < timezone.localdate():
            raise forms.ValidationError(_("This date has passed."))
        return deadline

"""What the forms of results and needs have in common.

Invariants: every error stands at its field; what was typed or uploaded comes back with the form; the
form writes into a working copy only and never to the database, uploads aside.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import ClusterForm

from marketplace.accounts.models import Organisation, User
from marketplace.amounts import AmountField, currency_choices
from marketplace.bilingual import SUFFIXES
from marketplace.listings.forms import parts
from marketplace.listings.forms.attachments import AttachmentForm
from marketplace.listings.forms.pickers import IndustryCodeField, IndustryField, RegionField
from marketplace.listings.forms.rows import MOST_ROWS, SPARE_ROWS, Rows
from marketplace.listings.forms.steps import Step
from marketplace.listings.maturity import CHOICES
from marketplace.listings.models.listing import CooperationMode
from marketplace.listings.tiers import Tier
from marketplace.money import CURRENCIES, Money
from marketplace.taxonomy.models import Industry

COMMON_FIELDS = (
    "organisation",
    *parts.both("title", "summary", "keywords", "problem", "details"),
    "industry",
    "region",
    "cooperation_modes",
    "currency",
)
COMMON_LABELS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "keywords": _("Keywords"),
    "details": _("Details"),
}
COMMON_TIPS = {
    "keywords": _("Separated by commas. Add the words that others use for it."),
    "industry": _("Where it is used, which may be another one than where it was made."),
    "region": _("Where a partner would work with you."),
    "currency": _("It holds for every amount here."),
}
COOPERATION = parts.Part(
    name="cooperation", title=_("Working together"), fields=("cooperation_modes",)
)
FILES = parts.Part(
    name="files",
    title=_("Files"),
    hint=_("PDF, Office documents, pictures or text, at most 20 MB each."),
    rows="attachments",
    add=_("Add another file"),
)
AMOUNT_TEMPLATE = "listings/form/amount.html"
LANGUAGE_NAMES = {"zh": _("Chinese"), "en": _("English")}


class LongTextField(forms.CharField):
    """A text of several lines, whose line breaks count once however the browser sends them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.Textarea(attrs={"rows": 6, "data-count": _("{} characters left")})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


def what(title: Any) -> parts.Part:
    """Return the first part: what everybody reads, in lists, too."""
    return parts.Part(
        name="what",
        title=title,
        hint=_("Everybody can read this. One language is enough; two reach more readers."),
        fields=("organisation", *parts.both("title", "summary", "keywords")),
    )


def place(trl: str, *more: str) -> parts.Part:
    """Return the part of the facts that matches are found by; `trl` is the field of the level."""
    return parts.Part(
        name="maturity",
        title=_("Maturity and place"),
        hint=_("Matches are found by these too."),
        fields=(trl, "industry", "industry_code", "region", *more),
    )


def level_field(label: Any, help_text: Any, nothing: Any) -> forms.TypedChoiceField:
    """Return a choice of readiness levels that cleans to a number or None, which reads `nothing`."""
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=[("", nothing), *CHOICES],
        coerce=int,
        empty_value=None,
        required=False,
    )


def rows(form: type[forms.BaseForm], **kwargs: Any) -> dict[str, Any]:
    """Return the settings of a formset of child rows that are filled in by `form`."""
    return {
        "form": form,
        "formset": Rows,
        "extra": SPARE_ROWS,
        "max_num": MOST_ROWS,
        "validate_max": True,
        **kwargs,
    }


ATTACHMENT_ROWS = rows(
    AttachmentForm, fields=("title", "tier"), inherit_kwargs=("uploader", "own_files")
)


class ListingForm(ClusterForm):
    """Edits a working copy. `uploader` is the person at the form, `for_review` says it is finished."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation"),
        help_text=_("For whom you publish this."),
    )
    industry = IndustryField()
    industry_code = IndustryCodeField(
        label=_("Industry code, if you know it"),
        help_text=_("A finer code of GB/T 4754, for example C3841."),
    )
    region = RegionField()
    cooperation_modes = forms.MultipleChoiceField(
        label=_("Ways of working together"),
        help_text=_("Choose all that you would accept."),
        choices=CooperationMode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)

    steps: ClassVar[tuple[Step, ...]] = ()
    layout: ClassVar[tuple[parts.Part, ...]] = ()
    labels: ClassVar[dict[str, Any]] = {}
    tips: ClassVar[dict[str, Any]] = {}
    together: ClassVar[tuple[frozenset[str], ...]] = ()
    """Fields that are true only together: where one is wrong, none of them is kept."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.layout = tuple(part for step in cls.steps for part in step.parts)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        instance: Any,
        uploader: User,
        for_review: bool = False,
        own_files: frozenset[uuid.UUID] = frozenset(),
    ) -> None:
        self.uploader = uploader
        self.own_files = own_files
        self.for_review = for_review
        super().__init__(data, files, instance=instance)
        self._before = {
            field.name: (field.attname, getattr(instance, field.attname))
            for field in instance._meta.concrete_fields
            if field.name in self.fields
        }
        self._choose_organisation()
        self._show_places()
        self._show_amounts()
        self._ask_tiers()
        self._label_and_explain()

    @property
    def parts(self) -> list[parts.BoundPart]:
        return [parts.BoundPart(self, part) for part in self.layout]

    @property
    def problems(self) -> list[dict[str, str]]:
        return list(parts.problems(self))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._read_industry(data)
        for name in self._amount_names():
            if isinstance(data.get(name), Money):
                data[name] = data[name].amount
        self.instance.tiers = self.instance.tiers | {
            section.name: int(data[f"tier_{section.name}"])
            for section in self.instance.sections
            if f"tier_{section.name}" in data
        }
        self._refuse_untitled(data)
        return data

    def forgive(self) -> None:
        """Drop the errors of what is still being filled in; a refused file stays refused.

        Called after validation, when the person asked for another row only.
        """
        self._errors = ErrorDict(renderer=self.renderer)
        for formset in self.formsets.values():
            formset._non_form_errors = formset.error_class()
            for row in formset.forms:
                kept = {name: texts for name, texts in row.errors.items() if name == "upload"}
                row._errors = ErrorDict(kept, renderer=row.renderer)

    def keep_valid(self) -> None:
        """Write what is valid into the working copy; where the form is wrong, that stays as it was.

        Called after validation, for a draft that saves itself.
        """
        for name in self._wrong():
            self.cleaned_data.pop(name, None)
            if name in self._before:
                setattr(self.instance, *self._before[name])
        self.save_cluster_m2m()
        for formset in self.formsets.values():
            if not formset.non_form_errors():
                formset.save(commit=False)

    def _wrong(self) -> set[str]:
        """Return the names of the wrong fields and of what is true only together with them."""
        wrong, amounts = set(self.errors), set(self._amount_names())
        for fields in (frozenset(parts.both("title")), *self.together):
            if wrong & fields:
                wrong |= fields
        if self._before["currency"][1] != self.instance.currency and wrong & amounts:
            wrong |= {"currency", *amounts}
        return wrong

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.for_review and not self.errors.keys() & set(parts.both("title", "summary")):
            try:
                self.instance.refuse_unfinished()
            except forms.ValidationError as error:
                self.add_error(None, error)

    def _choose_organisation(self) -> None:
        """Ask for whom a new listing is, where the person acts for several organisations."""
        if self.instance.organisation_id is not None:
            del self.fields["organisation"]
        else:
            own = Organisation.objects.filter(memberships__user=self.uploader)
            self.fields["organisation"].queryset = own

    def _show_places(self) -> None:
        industry, region = self.instance.industry, self.instance.region
        if industry is not None and industry.level > Industry.Level.DIVISION:
            self.initial["industry_code"] = industry.code
            self.initial["industry"] = industry.scheme.path(industry.code)[1]
        self.fields["region"].also = region

    def _show_amounts(self) -> None:
        chosen = self.data.get("currency") if self.is_bound else self.instance.currency
        currency = chosen if chosen in CURRENCIES else "CNY"
        for name in self._amount_names():
            self.fields[name].currency = currency
            amount = self.initial.get(name)
            if amount is not None:
                self.initial[name] = Money(amount, self.instance.currency)

    def _amount_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, AmountField)]

    def _ask_tiers(self) -> None:
        for section in self.instance.sections:
            self.fields[f"tier_{section.name}"] = forms.TypedChoiceField(
                label=_("Who may read this part"),
                choices=Tier.choices,
                coerce=int,
                initial=int(self.instance.tier_of(section.name)),
            )

    def _label_and_explain(self) -> None:
        for name, field in self.fields.items():
            field.help_text = self.tips.get(name, field.help_text)
            stem, _underscore, suffix = name.rpartition("_")
            if suffix in SUFFIXES and stem in self.labels:
                field.label = format_lazy(
                    _("{text} ({language})"),
                    text=self.labels[stem],
                    language=LANGUAGE_NAMES[suffix],
                )
                field.widget.attrs["lang"] = "zh-Hans" if suffix == "zh" else "en"

    def _read_industry(self, data: dict[str, Any]) -> None:
        finer, chosen = data.pop("industry_code", None), data.get("industry")
        if finer is None:
            return
        if chosen is not None and not finer.code.startswith(chosen.code):
            self.add_error(
                "industry_code",
                _("%(code)s is no part of %(industry)s: change one of the two.")
                % {"code": finer.code, "industry": chosen.code},
            )
        else:
            data["industry"] = finer

    def _refuse_untitled(self, data: dict[str, Any]) -> None:
        titles = parts.both("title")
        if not any(data.get(name) or name in self.errors for name in titles):
            self.add_error("title_zh", _("Give a title in Chinese or in English."))


def with_row(data: QueryDict, prefix: str) -> QueryDict:
    """Return what was posted with one more empty row in the formset `prefix`."""
    widened = data.copy()
    count = data.get(f"{prefix}-TOTAL_FORMS", "")
    if count.isdecimal() and count.isascii() and len(count) < 4:
        widened[f"{prefix}-TOTAL_FORMS"] = str(min(int(count) + 1, MOST_ROWS))
    return widened

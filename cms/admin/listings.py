"""Results and needs in the editors' site: the same parts in the same order as in their authors' forms.

Listings are begun and withdrawn by their owners and never deleted; here they are reviewed, corrected and
taken off the site.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.models import get_all_child_relations
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.models import WorkflowState
from wagtail.snippets.views.snippets import SnippetViewSet, UnpublishView

from cms.admin.choosers import chooser_by
from cms.admin.fields import MinorUnitsField
from cms.admin.panels import AttachmentsPanel, ChoicesPanel, SectionPanel
from cms.admin.policies import RestrictedPolicy
from cms.admin.reach import reads_section
from marketplace.amounts import AmountField, percentage
from marketplace.bilingual import SUFFIXES
from marketplace.listings import lifecycle
from marketplace.listings.completeness import completeness
from marketplace.listings.forms.listing import LANGUAGE_NAMES, ListingForm
from marketplace.listings.forms.needs import NeedForm
from marketplace.listings.forms.parts import Part
from marketplace.listings.forms.results import ResultForm
from marketplace.listings.models import Listing, ResearchResult, TechnologyNeed
from marketplace.listings.tiers import Tier
from marketplace.money import CURRENCIES

NOT_HERE = {"organisation", "industry_code"}
NAMES = ("title_zh", "title_en", "organisation__name_zh", "organisation__name_en")


class ReviewForm(WagtailAdminModelForm):
    """Edits a listing, without the sections that the reviewer may not read: those stay as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get("currency") if self.is_bound else self.instance.currency
        for field in self.fields.values():
            if isinstance(field, MinorUnitsField):
                field.currency = chosen if chosen in CURRENCIES else "CNY"
        for section in self.instance.sections:
            self.initial[f"tier_{section.name}"] = int(self.instance.tier_of(section.name))
            if not reads_section(self.for_user, self.instance, section.name):
                self._leave_out(section.name, *section.fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for section in self.instance.sections:
            if isinstance(tier := data.get(f"tier_{section.name}"), int):
                self.instance.tiers = {**self.instance.tiers, section.name: tier}
        return data

    def add_error(self, field: str | None, error: Any) -> None:
        """Add `error`; what it says of fields that are left out here stands above the form."""
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                super().add_error(name if name in self.fields else None, errors)
        else:
            super().add_error(field, error)

    def _leave_out(self, section: str, *fields: str) -> None:
        for name in (f"tier_{section}", *fields):
            self.fields.pop(name, None)
            self.formsets.pop(name, None)


def review_form(author_form: type[ListingForm]) -> type[ReviewForm]:
    """Return the reviewers' counterpart of `author_form`."""
    tiers = {
        f"tier_{section.name}": forms.TypedChoiceField(
            label=_("Who may read this part"), choices=Tier.choices, coerce=int
        )
        for section in author_form.Meta.model.sections
    }
    amounts = {
        name: MinorUnitsField(label=field.label, required=False, allow_zero=True)
        for name, field in author_form.base_fields.items()
        if isinstance(field, AmountField)
    }
    return type(f"{author_form.__name__}Review", (ReviewForm,), {**tiers, **amounts})


def panels(author_form: type[ListingForm]) -> ObjectList:
    """Return the panels of a listing: whose it is, then the parts of `author_form`."""
    whose = [FieldPanel("organisation", read_only=True), FieldPanel("author", read_only=True)]
    parts = [_part_panel(author_form, part) for part in author_form.layout]
    return ObjectList(
        [MultiFieldPanel(whose, heading=_("Whose it is")), *parts],
        base_form_class=review_form(author_form),
    )


def _part_panel(form: type[ListingForm], part: Part) -> Panel:
    if part.rows == "attachments":
        return AttachmentsPanel("cms/admin/attachments.html", heading=part.title)
    children = [*_fields(form, part)]
    if part.rows:
        children.append(InlinePanel(part.rows, heading=part.title))
    if part.section:
        children.append(FieldPanel(f"tier_{part.section}"))
        return SectionPanel(part.section, children, heading=part.title)
    return MultiFieldPanel(children, heading=part.title)


def _fields(form: type[ListingForm], part: Part) -> Iterator[FieldPanel]:
    for name in part.fields:
        if name not in NOT_HERE:
            stem, _underscore, suffix = name.rpartition("_")
            heading = (
                format_lazy(
                    _("{text} ({language})"),
                    text=form.labels[stem],
                    language=LANGUAGE_NAMES[suffix],
                )
                if suffix in SUFFIXES and stem in form.labels
                else ""
            )
            panel = ChoicesPanel if name == "cooperation_modes" else FieldPanel
            yield panel(name, heading=heading)


def _score(listing: Listing) -> str:
    return percentage(completeness(listing).score)


def _status(listing: Listing) -> str:
    return str(lifecycle.status(listing).label)


class ListingUnpublishView(UnpublishView):
    """Takes a listing off the site in one transaction with the index row that follows from it."""

    @transaction.atomic
    def unpublish(self) -> HttpResponse | None:
        return super().unpublish()


class ListingViewSet(SnippetViewSet):
    author_form: type[ListingForm]
    copy_view_enabled = False
    unpublish_view_class = ListingUnpublishView
    list_display = [
        "__str__",
        "organisation",
        Column("status", label=_("Status"), accessor=_status, sort_key="live"),
        Column("completeness", label=_("Complete"), accessor=_score),
        Column("first_published_at", label=_("Live since"), sort_key="first_published_at"),
    ]
    list_filter = {"live": ["exact"], "organisation": ["exact"], "region": ["exact"]}
    list_per_page = 50
    search_fields = NAMES
    search_backend_name = None
    chooser_viewset_class = chooser_by(*NAMES)

    @property
    def permission_policy(self) -> RestrictedPolicy:
        return RestrictedPolicy(self.model, {"add", "delete"})

    def get_edit_handler(self) -> Any:
        return panels(self.author_form).bind_to_model(self.model)

    def get_queryset(self, request: Any) -> Any:
        children = [
            relation.get_accessor_name() for relation in get_all_child_relations(self.model)
        ]
        reviews = Prefetch(
            "_workflow_states",
            WorkflowState.objects.active().select_related("current_task_state"),
            to_attr="_current_workflow_states",
        )
        listings = self.model._default_manager.select_related("organisation")
        return listings.prefetch_related(reviews, *children)


class ResultViewSet(ListingViewSet):
    model = ResearchResult
    author_form = ResultForm
    icon = "cogs"
    menu_label = _("Research results")
    list_filter = {**ListingViewSet.list_filter, "trl": ["exact"]}


class NeedViewSet(ListingViewSet):
    model = TechnologyNeed
    author_form = NeedForm
    icon = "crosshairs"
    menu_label = _("Technology needs")
    list_filter = {**ListingViewSet.list_filter, "anonymous": ["exact"]}

"""Typical cases: what became of a real deal, in an editor's words beside facts that come from the deal.

Invariant: a case is shown only while every party of its deal allows it, and while no text of it names
who wants to stay unnamed. Facts are asked of the deal each time the page is read and kept nowhere.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.blocks import CASE, CASE_PARTS
from cms.confidentiality import names_any
from cms.models.writing import ArticlePage, IndexPage
from marketplace.listings import cases
from marketplace.listings.cases import CaseFacts


class CaseIndexPage(IndexPage):
    template = "cms/case_index_page.html"
    subpage_types = ["cms.CasePage"]

    class Meta:
        verbose_name = _("list of typical cases")
        verbose_name_plural = _("lists of typical cases")

    def articles(self) -> PageQuerySet:
        return CasePage.objects.child_of(self).order_by("-first_published_at", "-pk")

    def rows(self) -> list["CasePage"]:
        return shown(super().rows())


class CaseForm(WagtailAdminPageForm):
    """Chooses the deal; publishing waits for its parties."""

    deal = forms.TypedChoiceField(
        label=_("Deal"),
        coerce=lambda key: uuid.UUID(str(key)),
        help_text=_(
            "The page shows what its parties allow, and can be published once all of them do: "
            "they say so in the deal."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(deal), words) for deal, words in cases.offered()]
        self.fields["deal"].choices = [("", "—"), *offered]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.is_deferred_validation and data.get("deal"):
            self._refuse_what_is_not_allowed(data["deal"])
        return data

    def _refuse_what_is_not_allowed(self, deal: uuid.UUID) -> None:
        facts = cases.facts(deal)
        if facts is None:
            self.add_error("deal", _("Not all parties of this deal allow yet that it is shown."))
        else:
            draft = self._meta.model(**{name: self.cleaned_data.get(name) for name in TEXTS})
            message = _("This names somebody of the deal who wants to stay unnamed.")
            for name in draft.telling(facts.unnamed):
                self.add_error(name, message)


TEXTS = (
    "title",
    "slug",
    "seo_title",
    "search_description",
    "introduction",
    "picture_alt",
    "picture",
    "body",
)
"""The fields whose words readers may meet."""


class CasePage(ArticlePage):
    deal = models.UUIDField(_("deal"))
    body = StreamField(
        CASE,
        verbose_name=_("body"),
        block_counts={name: {"min_num": 1, "max_num": 1} for name in CASE_PARTS},
    )

    template = "cms/case_page.html"
    parent_page_types = ["cms.CaseIndexPage"]
    base_form_class = CaseForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("deal"),
        FieldPanel("introduction"),
        ArticlePage.picture_panel,
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("typical case")
        verbose_name_plural = _("typical cases")

    @cached_property
    def facts(self) -> CaseFacts | None:
        """What the deal lets everybody know at the time of this request."""
        return cases.facts(self.deal)

    def telling(self, unnamed: frozenset[str]) -> list[str]:
        """Return the fields that hold a name of `unnamed`."""
        return [name for name in TEXTS if names_any(self._words(name), unnamed)]

    def _words(self, name: str) -> str:
        value = getattr(self, name)
        if name == "body":
            return " ".join(_texts(value.get_prep_value() if value else []))
        if name == "picture":
            return f"{value.title} {value.filename}" if value else ""
        return value or ""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the case; without the consent of all parties it is there for editors' previews only."""
        hidden = self.facts is None or bool(self.telling(self.facts.unnamed))
        if hidden and not getattr(request, "is_preview", False):
            raise Http404
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"facts": self.facts, "parts": CASE_PARTS}


def shown(pages: Iterable[CasePage]) -> list[CasePage]:
    """Return those of `pages` that readers may see now."""
    pages = list(pages)
    unnamed = cases.unnamed({page.deal for page in pages}) if pages else {}
    return [p for p in pages if p.deal in unnamed and not p.telling(unnamed[p.deal])]


def _texts(value: Any) -> Iterator[str]:
    """Yield what stands in a raw value of a stream, with its markup (it has addresses) and without."""
    if isinstance(value, str):
        yield from (value, re.sub("<[^>]*>", "", value))
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)

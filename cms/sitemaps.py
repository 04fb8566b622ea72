"""The addresses that search engines should know: public pages and live listings in both languages.

Of a listing it says its address and when it was last published; nobody's name.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.models import Page

from cms.destinations import Destination
from cms.models import (
    CaseIndexPage,
    CasePage,
    ContentPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
)
from cms.models.cases import shown
from marketplace.accounts.models import Organisation
from marketplace.listings import organisations, visibility
from marketplace.listings.models import ExpertProfile, ResearchResult, TechnologyNeed


class BothLanguages(Sitemap):  # type: ignore[type-arg]
    i18n = True
    alternates = True
    x_default = True
    limit = 10_000


ALWAYS_SHOWN = (HomePage, ContentPage, NewsIndexPage, NewsPage, CaseIndexPage)


class PageSitemap(BothLanguages):
    """An item is one page in the languages that it is published in."""

    def items(self) -> list[dict[str, Page]]:
        pages = Page.objects.live().public().type(*ALWAYS_SHOWN).select_related("locale")
        cases = CasePage.objects.live().public().select_related("locale", "picture")
        items: dict[Any, dict[str, Page]] = {}
        for page in sorted([*pages, *shown(cases)], key=lambda page: page.path):
            items.setdefault(page.translation_key, {})[page.locale.language_code] = page
        return list(items.values())

    def get_languages_for_item(self, item: dict[str, Page]) -> list[str]:
        return list(item)

    def location(self, item: dict[str, Page]) -> str:
        return item[get_language() or ""].relative_url(None)

    def lastmod(self, item: dict[str, Page]) -> datetime:
        return max(page.last_published_at for page in item.values())


class ListSitemap(BothLanguages):
    def items(self) -> list[Destination]:
        return [
            Destination.RESULTS,
            Destination.NEEDS,
            Destination.ORGANISATIONS,
            Destination.EXPERTS,
            Destination.BROKERS,
            Destination.FEATURED,
            Destination.NOTICES,
            Destination.FIGURES,
        ]

    def location(self, item: Destination) -> str:
        return item.url


class OrganisationSitemap(BothLanguages):
    def items(self) -> QuerySet[Organisation]:
        return organisations.named().order_by("pk")

    def location(self, item: Organisation) -> str:
        return reverse("listings:organisation", args=[item.slug])


class ExpertSitemap(BothLanguages):
    def items(self) -> QuerySet[ExpertProfile]:
        return ExpertProfile.objects.shown().order_by("pk")

    def lastmod(self, item: ExpertProfile) -> datetime:
        return item.last_published_at


class ListingSitemap(BothLanguages):
    model: type[ResearchResult] | type[TechnologyNeed]

    def items(self) -> QuerySet[Any]:
        live = visibility.live_for(self.model._default_manager.all(), AnonymousUser())
        return live.only("title_zh", "title_en", "last_published_at").order_by("pk")

    def lastmod(self, item: ResearchResult | TechnologyNeed) -> datetime:
        return item.last_published_at

    def get_latest_lastmod(self) -> datetime | None:
        return self.items().order_by().aggregate(latest=Max("last_published_at"))["latest"]


class ResultSitemap(ListingSitemap):
    model = ResearchResult


class NeedSitemap(ListingSitemap):
    model = TechnologyNeed


SITEMAPS = {
    "pages": PageSitemap,
    "lists": ListSitemap,
    "organisations": OrganisationSitemap,
    "experts": ExpertSitemap,
    "results": ResultSitemap,
    "needs": NeedSitemap,
}

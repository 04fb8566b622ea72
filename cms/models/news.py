"""News: an article with a date, and the list of them, the latest first."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.blocks import STORY
from cms.models.writing import ArticlePage, IndexPage

LATEST_FIRST = ("-date", "-pk")


class NewsIndexPage(IndexPage):
    template = "cms/news_index_page.html"
    subpage_types = ["cms.NewsPage"]

    class Meta:
        verbose_name = _("list of news")
        verbose_name_plural = _("lists of news")

    def articles(self) -> PageQuerySet:
        return NewsPage.objects.child_of(self).order_by(*LATEST_FIRST)


class NewsPage(ArticlePage):
    date = models.DateField(_("date"), default=timezone.localdate)
    body = StreamField(STORY, verbose_name=_("body"))

    template = "cms/article_page.html"
    parent_page_types = ["cms.NewsIndexPage"]
    schema = "NewsArticle"
    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("introduction"),
        ArticlePage.picture_panel,
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("news article")
        verbose_name_plural = _("news articles")

    @property
    def published_on(self) -> Any:
        return self.date


def latest_news() -> PageQuerySet:
    """Return the public news in all languages, the latest first."""
    public = NewsPage.objects.live().public().defer_streamfields()
    return public.order_by(*LATEST_FIRST).select_related("locale")

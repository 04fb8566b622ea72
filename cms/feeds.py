"""The latest news as an Atom feed, in the reader's language."""

from datetime import datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.models import NewsPage
from cms.models.news import latest_news
from marketplace.bilingual import site_name

LATEST = 30


class NewsFeed(Feed):  # type: ignore[type-arg]
    feed_type = Atom1Feed

    def title(self) -> str:
        return _("News") + f" – {site_name()}"

    def link(self) -> str:
        return reverse("wagtail_serve", args=[""])

    def feed_url(self) -> str:
        return reverse("news_feed")

    def author_name(self) -> str:
        """Return who stands for all entries: Atom asks for an author."""
        return site_name()

    def items(self) -> Any:
        return latest_news().filter(locale__language_code=get_language())[:LATEST]

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return escape(item.introduction)

    def item_link(self, item: NewsPage) -> str:
        return item.get_url() or ""

    def item_pubdate(self, item: NewsPage) -> datetime:
        return timezone.make_aware(datetime.combine(item.date, time()))

    def item_updateddate(self, item: NewsPage) -> datetime:
        return item.last_published_at

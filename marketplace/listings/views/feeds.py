"""What was published last, as Atom feeds in the reader's language: of all listings of a kind, or of
those that filters leave, which stand in the feed's address as in the list's.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.text import capfirst

from marketplace.bilingual import site_name
from marketplace.listings.cards import RELATED
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.filters import FILTERS
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing
from marketplace.listings.tiers import Tier
from marketplace.listings.views.reading import with_query
from marketplace.listings.visibility import live_for

LATEST = 50


class ListingFeed(Feed):  # type: ignore[type-arg]
    """The latest listings of a kind as everybody may see them, whoever asks."""

    feed_type = Atom1Feed

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpRequest:
        return request

    def title(self) -> str:
        plural = capfirst(str(KINDS[self.kind]._meta.verbose_name_plural))
        return f"{plural} – {site_name()}"

    def link(self, request: HttpRequest) -> str:
        return with_query(reverse(f"listings:{self.kind}s"), request)

    def feed_url(self, request: HttpRequest) -> str:
        return request.get_full_path()

    def author_name(self) -> str:
        """Return who stands for entries without an author: Atom asks for one."""
        return site_name()

    def items(self, request: HttpRequest) -> Any:
        model = KINDS[self.kind]
        live = live_for(model._default_manager.select_related(*RELATED), AnonymousUser())
        return FILTERS[self.kind](request.GET, live, request=request).qs[:LATEST]

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        return escape(item.summary)

    def item_link(self, item: Any) -> str:
        """Return the address that stays: readers of feeds know entries by it."""
        return item.short_url

    def item_author_name(self, item: Listing) -> str | None:
        owner = Disclosure(item, Tier.PUBLIC).organisation
        return str(owner) if owner else None

    def item_categories(self, item: Any) -> list[str]:
        return [item.industry.name] if item.industry else []

    def item_pubdate(self, item: Any) -> datetime:
        return item.first_published_at

    def item_updateddate(self, item: Any) -> datetime:
        return item.last_published_at

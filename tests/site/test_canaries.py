"""What is closed to a reader stands on no page at all: every address of the site, every kind of reader.

Canaries stand in every section and file above a reader's tier, in the name of whoever posted an
anonymous need, and in versions that nobody has approved.
"""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cms import setup
from cms.models import FeaturedPairing
from marketplace.listings import lifecycle
from marketplace.listings.models import (
    IpRight,
    NeedAttachment,
    NeedMetric,
    ResultAttachment,
    ResultFigure,
)
from marketplace.listings.tiers import Tier
from marketplace.outbox import effects
from search import indexing
from tests import factories

pytestmark = pytest.mark.django_db

NDA, PRIVATE, WHO, DRAFT = "canarynda", "canaryprivate", "canarywho", "canarydraft"
EVERYTHING = (NDA, PRIVATE, WHO, DRAFT)
TEXTS = ("problem", "details", "advantage", "application", "team")
LEFT_OUT = re.compile(r"logout|failwhale|^/wagtail/(?!$|snippets/listings|reports)")
WORDS = {Tier.NDA: NDA, Tier.PRIVATE: PRIVATE}


def closed(model: Any, tier: Tier) -> dict[str, Any]:
    """Return the fields of a listing of which every section and file is for `tier` only."""
    word = WORDS[tier]
    file = factories.make_file(f"{word}.txt", word.encode())
    texts = [name for name in TEXTS if hasattr(model, f"{name}_en")]
    fields = {f"{name}_{suffix}": word for name in texts for suffix in ("zh", "en")}
    tiers = {section.name: int(tier) for section in model.sections}
    attachment = {"file": file, "title": word, "tier": tier}
    if model.kind == "need":
        rows = {"metrics": [NeedMetric(name_en=word, value=word)]}
        return {**fields, **rows, "tiers": tiers, "attachments": [NeedAttachment(**attachment)]}
    rights = {
        "ip_rights": [IpRight(type="trade_secret", number=word)],
        "figures": [ResultFigure(name_en=word, today=word, reached=word)],
    }
    return {**fields, **rights, "tiers": tiers, "attachments": [ResultAttachment(**attachment)]}


def edited(listing: Any) -> None:
    """Give a live listing a newer version that nobody has approved, in review."""
    draft = lifecycle.working_copy(listing)
    for name in ("title", "summary", "keywords"):
        setattr(draft, f"{name}_en", DRAFT)
    lifecycle.save_draft(draft, author=listing.author)
    lifecycle.submit(listing, author=listing.author)


@pytest.fixture
def listings(settings: Any, tmp_path: Path) -> list[Any]:
    """A market of which nobody but its own people may read more than titles and summaries."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    setup.ensure_groups()
    setup.ensure_workflow()
    home = setup.ensure_pages()
    setup.ensure_site(home)
    setup.ensure_menus(home)
    author = factories.make_user(f"{WHO}@example.org", last_name=WHO)
    hidden = factories.make_organisation(
        WHO, name_zh=WHO, slug=WHO, website=f"https://{WHO}.example", owner=author
    )
    shown = factories.make_organisation()
    live = [
        make(organisation, live=True, title_en="Fast heating of cells", **fields)
        for tier in WORDS
        for make, organisation, fields in (
            (factories.make_result, shown, closed(factories.ResearchResult, tier)),
            (
                factories.make_need,
                hidden,
                {"anonymous": True, **closed(factories.TechnologyNeed, tier)},
            ),
        )
    ]
    for listing in live:
        edited(listing)
    drafts = [make(shown, title_en=DRAFT) for make in (factories.make_result, factories.make_need)]
    withdrawn = factories.make_result(shown, title_en=DRAFT, live=True)
    lifecycle.withdraw(withdrawn, author=withdrawn.author)
    FeaturedPairing.objects.create(result=live[0], need=live[1], note_en="They fit.")
    effects.process_due()
    indexing.fit_demand()
    indexing.fit_vocabulary()
    withdrawn.refresh_from_db()
    return [*live, *drafts, withdrawn]


def routes(patterns: Any, prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + re.sub(r"\(\?P<(\w+)>[^)]*\)|[\^$\\]", r"<\1>", str(pattern.pattern))


def addresses(listings: list[Any]) -> set[str]:
    """Return every address of the site, with each listing's number and file where one is asked for."""
    found = {listing.get_absolute_url() for listing in listings if listing.live}
    known = [route.replace("<>", "") for route in routes(get_resolver().url_patterns)]
    for listing in listings:
        file = listing.attachments.first()
        values = {
            "listing_kind:kind": listing.kind,
            "uuid:file": str(file.file_id) if file else "",
            "slug:slug": WHO,
            "str:slug": "words",
        }
        for route in known:
            names = re.compile("<([^>]+)>")
            found.add(names.sub(lambda m, v=values, x=listing: v.get(m[1], str(x.pk)), route))
    queries = ("search/?q=", "search/suggest/?q=", "needs/?organisation=", "results/?organisation=")
    found |= {f"/en/{query}{word}" for query in queries for word in ("heating", "cells", "canary")}
    return {address for address in found if not LEFT_OUT.search(address)}


def readers(author: Any) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Return each kind of reader, with the canaries that must not reach them."""
    return {
        "author": (author, ()),
        "anonymous": (None, EVERYTHING),
        "other organisation": (factories.owner_of(factories.make_organisation()), EVERYTHING),
        "moderator": (factories.make_moderator(), (PRIVATE,)),
    }


def test_no_canary_on_any_page(listings: list[Any], mailoutbox: Any) -> None:
    pages, seen, shown = sorted(addresses(listings)), 0, set()
    assert len(pages) > 200
    for name, (reader, canaries) in readers(listings[1].author).items():
        browser = Client(headers={"accept-language": "en"})
        if reader is not None:
            browser.force_login(reader)
        for page in pages:
            answer = browser.get(page)
            text = answer.getvalue().decode(errors="replace") + unquote(str(answer.headers))
            asked = page.lower().removeprefix("/en/")
            for word in canaries:
                assert word not in text.lower().replace(asked, ""), f"{name} reads {word} at {page}"
            shown |= {word for word in EVERYTHING if word in text}
            seen += answer.status_code == 200
    assert seen > 100, "most of what was asked for is not there"
    assert shown == set(EVERYTHING), "what nobody is shown proves nothing"


@pytest.mark.parametrize("word", EVERYTHING)
def test_no_canary_is_found(listings: list[Any], word: str) -> None:
    own = set(chain.from_iterable((str(x.pk), x.get_absolute_url()) for x in listings))
    for reader in (None, factories.make_user(), factories.make_administrator()):
        browser = Client()
        if reader is not None:
            browser.force_login(reader)
        page = browser.get("/en/search/", {"q": word}).content.decode()
        assert not [address for address in own if f'href="{address}' in page]
    assert "href" in Client().get("/en/search/", {"q": "heating"}).content.decode()


@pytest.mark.parametrize("word", EVERYTHING)
def test_no_canary_is_suggested_or_kept(listings: list[Any], word: str, settings: Any) -> None:
    for typed in (word, word[:8], "canary", "fast heating " + word[:8]):
        assert not Client().get("/en/search/suggest/", {"q": typed}).content.strip()
    assert "heating" in Client().get("/en/search/suggest/", {"q": "heat"}).content.decode()
    kept = [path for path in Path(settings.SEARCH_INDEX_DIR).rglob("*") if path.is_file()]
    assert {"vocabulary.json", "demand.json"} <= {path.name for path in kept}
    assert not [path for path in kept if word.encode() in path.read_bytes()]


def test_no_canary_is_mailed_to_strangers(listings: list[Any], mailoutbox: Any) -> None:
    moderator = factories.make_moderator()
    for listing in listings[:4]:
        factories.approve(listing, moderator=moderator)
    own = {listing.author.email for listing in listings}
    for mail in mailoutbox:
        if not own & set(mail.to):
            assert not [word for word in EVERYTHING if word in mail.subject + mail.body]

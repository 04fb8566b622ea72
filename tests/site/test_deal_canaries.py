"""What is said and kept in a deal stands on no page of the site for who may not read it.

Canaries stand in a message, a task, files of each tier, the names of an anonymous enterprise and the
message with which a broker was asked; every address of the site is asked for by every kind of reader.
"""

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import get_resolver

from brokers.deals import files, introductions
from brokers.deals.models import Deal
from brokers.deals.room import messages, work
from brokers.profiles import assignments
from cms import setup
from marketplace.accounts.permissions import FINANCE
from marketplace.outbox import effects
from tests import factories
from tests.deals.factories import World, make_broker, pdf
from tests.site.test_canaries import LEFT_OUT, routes

pytestmark = pytest.mark.django_db

MESSAGE, TASK, ASKED = "canarymessage", "canarytask", "canaryasked"
PARTIES, NDA, OURS, THEIRS = "canaryparties", "canarynda", "canaryours", "canarytheirs"
WHO = "canarywho"
EVERYTHING = (MESSAGE, TASK, ASKED, PARTIES, NDA, OURS, THEIRS, WHO)


@pytest.fixture
def world(settings: Any, tmp_path: Any, mailoutbox: Any) -> World:
    """A deal with an anonymous enterprise, whose room is full of canaries."""
    settings.MEDIA_ROOT, settings.SEARCH_INDEX_DIR = tmp_path / "media", tmp_path / "index"
    setup.ensure_groups()
    setup.ensure_site(setup.ensure_pages())
    world = World(need_fields={"anonymous": True})
    world.enterprise.name_en = world.enterprise.name_zh = WHO
    world.enterprise.save()
    for person in (world.buyer, world.engineer):
        person.last_name = WHO
        person.save()
    deal = introductions.introduce(result=world.result, need=world.need, by=world.broker)
    for title, tier, by in (
        (PARTIES, "parties", world.researcher),
        (NDA, "nda", world.researcher),
        (OURS, "side", world.researcher),
        (THEIRS, "side", world.engineer),
    ):
        files.add(deal=deal, upload=pdf(), kind="other", title=title, by=by, tier=tier)
    messages.write(deal=deal, author=world.engineer, text=MESSAGE)
    fields = {"title": TASK, "due_on": "2030-01-01", "responsible": world.engineer}
    work.add(deal=deal, by=world.broker, **fields)
    assignments.ask(need=world.need, broker=world.broker, by=world.engineer, message=ASKED)
    effects.process_due()
    return world


def addresses(world: World) -> list[str]:
    """Return every address, with the numbers of the deal, its files, parties, brokers and listings."""
    deal = Deal.objects.get()
    numbers = {
        str(row.pk)
        for row in (
            world.result,
            world.need,
            world.broker,
            world.broker.broker_profile,
            world.need.assignments.get(),
            *deal.files.all(),
            *deal.tasks.all(),
        )
    }
    found = set()
    for route in routes(get_resolver().url_patterns):
        known = route.replace("<>", "")
        for number in numbers:
            values = {
                "listing_kind:kind": "need",
                "uuid:pk": str(deal.pk),
                "slug:slug": world.institution.slug,
            }
            fill = lambda m, v=values, n=number: v.get(m[1], n)  # noqa: E731
            found.add(re.sub("<([^>]+)>", fill, known))
    return sorted(address for address in found if not LEFT_OUT.search(address))


def readers(world: World) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """Return each kind of reader, with the canaries that must not reach them."""
    finance = factories.in_group(factories.make_user(), FINANCE)
    return {
        "anonymous": (AnonymousUser(), EVERYTHING),
        "other organisation": (factories.make_user(), EVERYTHING),
        "other broker": (make_broker(), EVERYTHING),
        "moderator": (factories.make_moderator(), EVERYTHING[:-1]),
        "finance": (finance, (MESSAGE, ASKED, NDA, OURS, THEIRS, WHO)),
        "institution": (world.dean, (ASKED, THEIRS, WHO)),
        "enterprise": (world.buyer, (NDA, OURS)),
        "broker": (world.broker, (NDA, OURS, THEIRS, WHO)),
    }


def test_no_canary_on_any_page(world: World) -> None:
    pages, seen, shown = addresses(world), 0, set()
    assert len(pages) > 200
    for name, (reader, canaries) in readers(world).items():
        browser = Client(headers={"accept-language": "en"})
        if reader.is_authenticated:
            browser.force_login(reader)
        for page in pages:
            answer = browser.get(page)
            text = answer.getvalue().decode(errors="replace").lower()
            for word in canaries:
                assert word not in text, f"{name} reads {word} at {page}"
            shown |= {word for word in EVERYTHING if word in text}
            seen += answer.status_code == 200 and str(Deal.objects.get().pk) in page
    assert seen > 20, "the pages of the deal were not asked for"
    assert shown == set(EVERYTHING), "what nobody is shown proves nothing"


def test_no_canary_is_mailed(world: World, mailoutbox: Any) -> None:
    assert mailoutbox
    for mail in mailoutbox:
        found = [word for word in EVERYTHING if word in (mail.subject + mail.body).lower()]
        assert not found, (mail.to, mail.subject)

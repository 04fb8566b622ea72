"""One market with everything in it: who is there, and what the addresses of each object ask for."""

from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents.models import Document

from cms import setup
from marketplace.outbox import effects
from tests import factories
from tests.access import bank, cast, dealing, market, telling
from tests.access.market import Places
from tests.deals.factories import World


@dataclass(frozen=True)
class Scene:
    """`people` by their names in the table; `places`: what addresses ask for, by object and state."""

    people: dict[str, Any]
    places: Places


def build() -> Scene:
    """Build it. Everything goes through the services; the tables of the site are set up as a site's."""
    setup.ensure_groups()
    setup.ensure_workflow()
    home = setup.ensure_pages()
    setup.ensure_site(home)
    setup.ensure_menus(home)
    world = World()
    world.open_accounts()
    world.result.refresh_from_db()
    people = cast.cast(world)
    places = market.listings(world) | market.belongings(world)
    places |= market.membership(world, guest=people["stranger"])
    places |= {name: {"pk": people[name].broker_profile.pk} for name in ("broker", "other_broker")}
    places |= dealing.performing(world)
    places |= bank.at_the_bank(world, places=places)
    places |= dealing.amended(world)
    places |= dealing.disputed(world)
    places |= dealing.before_agreement(world, stranger=people["stranger"])
    places |= dealing.claimed(world, earlier=people["other_broker"])
    deals = {"told": places["performing"]["pk"], "untold": places["amendment"]["pk"]}
    places |= telling.articles(world, **deals)
    effects.process_due()
    places["editors"] = places["returned"] | places["version"]
    return Scene(people, places | _elsewhere(world))


def _elsewhere(world: World) -> Places:
    """Return what addresses ask for that name no object of the market."""
    need = factories.make_need(world.enterprise, author=world.engineer, live=True)
    document = Document.objects.create(title="Sample", file=ContentFile(b"x", name="sample.txt"))
    return {
        "": {},
        "live need": {"kind": "need", "pk": need.pk, "slug": need.slug},
        "sitemap": {"section": "results"},
        "mail key": {"key": "x-1", "uidb36": "1"},
        "organisation account": {"slug": world.institution.slug, "gateway": "bank"},
        "page": {"address": "/en/"},
        "page file": {"address": document.url, "document_id": document.pk},
        "password": {"restriction_id": 1, "page_view_restriction_id": 1, "page_id": 1},
    }

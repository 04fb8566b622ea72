"""Files of a deal: which of those who take part reads which, at the link and at the download."""

import pytest
from django.utils import timezone

from brokers.deals import documents, files, progress
from brokers.deals.models import Deal, DealEvent, DealFile
from marketplace.accounts.permissions import FINANCE
from marketplace.audit import trail
from marketplace.listings.models import DisclosureGrant
from tests.deals.factories import World, pdf
from tests.factories import in_group, make_administrator, make_user
from tests.pages import errors_at, text_of

pytestmark = pytest.mark.django_db

Tier = DealFile.Tier


def add(deal: Deal, by, tier: str) -> DealFile:
    title = f"canary {tier}"
    return files.add(deal=deal, upload=pdf(), kind="other", title=title, by=by, tier=tier)


def readers_of(file: DealFile, world: World, visit) -> set[str]:
    """Return who gets the bytes, after checking that exactly they see the title."""
    administrator, finance = make_administrator(), in_group(make_user(), FINANCE)
    named = {
        "dean": world.dean,
        "researcher": world.researcher,
        "buyer": world.buyer,
        "engineer": world.engineer,
        "broker": world.broker,
        "administrator": administrator,
        "finance": finance,
        "stranger": make_user(),
    }
    found = set()
    for name, person in named.items():
        visitor = visit(person)
        answer = visitor.get("file", file.deal_id, file.pk)
        answer.close()
        got = answer.status_code == 200
        shown = name != "stranger" and file.title in visitor.whole(file.deal_id).content.decode()
        assert shown == got, name
        found |= {name} if got else set()
    return found


INSTITUTION, ENTERPRISE = {"dean", "researcher"}, {"buyer", "engineer"}
BOTH = INSTITUTION | ENTERPRISE


def signed(world: World) -> Deal:
    deal = progress.advance(deal=world.introduced(), move="open_nda", actor=world.broker)
    world.sign(documents.draw_up_nda(deal=deal, author=world.broker))
    return Deal.objects.get()


def test_what_is_for_the_parties(visit) -> None:
    world = World()
    file = add(world.introduced(), world.engineer, Tier.PARTIES)
    assert readers_of(file, world, visit) == BOTH | {"broker", "administrator", "finance"}


def test_what_a_side_keeps_to_itself_leaves_no_trace_for_others(visit) -> None:
    world = World()
    deal = signed(world)
    before = DealEvent.objects.count()
    for person, side in (
        (world.researcher, INSTITUTION),
        (world.engineer, ENTERPRISE),
        (world.broker, {"broker"}),
    ):
        file = add(deal, person, Tier.SIDE)
        assert readers_of(file, world, visit) == side | {"administrator"}
        file.delete()
    assert DealEvent.objects.count() == before
    assert trail.history(deal).filter(action="deal.add_file").count() == 3


def test_nda_opens_for_exactly_those_who_signed_it(visit) -> None:
    world = World()
    deal = progress.advance(deal=world.introduced(), move="open_nda", actor=world.broker)
    file = add(deal, world.researcher, Tier.NDA)
    document = documents.draw_up_nda(deal=deal, author=world.broker)
    world.sign(document, "enterprise")
    assert readers_of(file, world, visit) == INSTITUTION | {"administrator"}
    world.sign(document, "institution")
    assert readers_of(file, world, visit) == BOTH | {"administrator"}
    grants = DisclosureGrant.objects.filter(organisation=world.enterprise)
    grants.update(revoked_at=timezone.now())
    assert readers_of(file, world, visit) == INSTITUTION | {"administrator"}


def test_the_agreement_of_one_deal_opens_no_file_of_another(visit) -> None:
    world = World()
    signed(world)
    other = World()
    other.institution, other.enterprise = world.institution, world.enterprise
    file = add(other.introduced(), other.researcher, Tier.NDA)
    assert visit(other.engineer).get("file", file.deal_id, file.pk).status_code == 404


def test_a_broker_puts_nothing_under_an_agreement_that_it_does_not_sign(visit) -> None:
    world = World()
    deal = world.introduced()
    data = {"upload": pdf(), "kind": "other", "title": "x", "tier": "nda"}
    for tier in ("nda", "everybody", ""):
        response = visit(world.broker).post("add_file", deal.pk, data=data | {"tier": tier})
        assert response.status_code == 422
        assert errors_at(response, "tier")
    assert not DealFile.objects.exists()


def test_each_download_is_logged_and_a_refused_one_is_not(visit) -> None:
    world = World()
    deal = world.introduced()
    file = add(deal, world.researcher, Tier.SIDE)
    visit(world.engineer).get("file", deal.pk, file.pk)
    assert not trail.history(deal).filter(action="deal.download").exists()
    visit(world.dean).get("file", deal.pk, file.pk).close()
    (entry,) = trail.history(deal).filter(action="deal.download")
    assert entry.user == world.dean


def test_the_page_of_acceptance_shows_no_file_of_the_other_side(world: World, visit) -> None:
    deal = world.agreed()
    milestone = deal.agreements.get().milestones.get()
    world.pay(milestone)
    add(deal, world.researcher, Tier.SIDE)
    add(deal, world.researcher, Tier.PARTIES)
    text = text_of(visit(world.buyer).get("accept", deal.pk, milestone.pk))
    assert "canary parties" in text
    assert "canary side" not in text

"""Whether a deal may be told: each party says so for itself, and nobody for another."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from brokers.deals import case_consents
from brokers.deals.models import CaseConsent, Deal
from brokers.deals.reading import cases
from marketplace.notifications.models import Notification
from tests.deals.conftest import Visit
from tests.deals.factories import World, party
from tests.factories import make_administrator
from tests.pages import errors_at, text_of

pytestmark = pytest.mark.django_db
YES: dict[str, Any] = {"allows": True, "is_named": True, "shows_price": True}


@pytest.fixture
def deal(world: World) -> Deal:
    return world.agreed(1_000_000)


def test_who_signs_says_it_in_the_room(deal: Deal, world: World, visit: Visit) -> None:
    own = party(deal, "institution")
    page = visit(world.dean).get("deal", deal.pk)
    assert f"/en/deals/{deal.pk}/case/{own.pk}/" in page.content.decode()
    answer = visit(world.dean).post(
        "case", deal.pk, own.pk, data={"allows": "yes", "is_named": "on"}
    )
    assert answer.status_code == 302
    said = CaseConsent.objects.get()
    assert (said.party, said.allows, said.is_named, said.shows_price) == (own, True, True, False)
    assert "allows it, with its name" in text_of(visit(world.buyer).get("deal", deal.pk))
    assert deal.events.latest("pk").kind == "case_allowed"
    visit(world.dean).post("case", deal.pk, own.pk, data={"allows": "no", "is_named": "on"})
    said.refresh_from_db()
    assert (said.allows, said.is_named) == (False, False)


@pytest.mark.parametrize("person", ["researcher", "engineer", "buyer", "broker"])
def test_nobody_says_it_for_another(deal: Deal, world: World, visit: Visit, person: str) -> None:
    own = party(deal, "institution")
    who = getattr(world, person)
    assert visit(who).get("case", deal.pk, own.pk).status_code == 403
    with pytest.raises(PermissionDenied):
        case_consents.say(party=own, by=who, **YES)
    assert not CaseConsent.objects.exists()
    assert not deal.events.filter(kind="case_allowed").exists()


def test_an_answer_is_asked_for(deal: Deal, world: World, visit: Visit) -> None:
    answer = visit(world.dean).post("case", deal.pk, party(deal, "institution").pk, data={})
    assert answer.status_code == 422
    assert errors_at(answer, "allows")


def test_only_a_deal_that_came_about(world: World, visit: Visit) -> None:
    deal = world.negotiating()
    own = party(deal, "institution")
    with pytest.raises(ValidationError):
        case_consents.say(party=own, by=world.dean, **YES)
    assert "Typical case" not in text_of(visit(world.dean).whole(deal.pk))
    assert not CaseConsent.objects.exists()


def test_only_a_deal_that_came_about_is_offered_to_editors(deal: Deal) -> None:
    World().negotiating()
    assert [reference for reference, _words in cases.offered()] == [deal.pk]


def test_the_platform_asks_who_has_not_answered(deal: Deal, world: World, visit: Visit) -> None:
    own = party(deal, "institution")
    case_consents.say(party=own, by=world.dean, **YES)
    assert visit(world.dean).post("ask_for_case", deal.pk).status_code == 403
    assert not Notification.objects.filter(url__endswith="#case").exists()
    assert visit(make_administrator()).post("ask_for_case", deal.pk).status_code == 302
    told = set(
        Notification.objects.filter(url__endswith="#case").values_list("recipient", flat=True)
    )
    assert told == {world.buyer.pk, world.researcher.pk, world.broker.pk}


def test_who_joins_later_is_asked_anew(deal: Deal, world: World) -> None:
    signers = {"institution": world.dean, "enterprise": world.buyer}
    for one in deal.parties.all():
        case_consents.say(party=one, by=signers.get(one.role) or one.user, **YES)
    assert cases.facts(deal.pk)
    newcomer = deal.parties.get(role="enterprise")
    newcomer.pk = None
    deal.parties.filter(role="enterprise").update(left_at=deal.changed_at)
    newcomer.save()
    assert cases.facts(deal.pk) is None

"""Who reads a listing learns there how to get in touch, and gets there by one of the own listings."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from brokers.deals.models import Deal
from tests import factories
from tests.deals.factories import make_broker
from tests.pages import soup

pytestmark = pytest.mark.django_db


def panel(person: Any, listing: Any) -> Any:
    """Return the panel on the page of `listing` as `person`, or a visitor, gets it."""
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    page = soup(client.get(f"/en/{listing.kind}s/{listing.pk}/", follow=True))
    return page.find("section", attrs={"aria-labelledby": "answer-title"})


def links(found: Any) -> list[str]:
    return [link["href"] for link in found.select("a")]


@pytest.mark.parametrize("kind", ["result", "need"])
def test_a_visitor_signs_in_and_comes_back(kind: str) -> None:
    make = {"result": factories.make_result, "need": factories.make_need}[kind]
    listing = make(live=True, title_en="Sample")
    [link] = links(panel(None, listing))
    assert link == f"/en/accounts/login/?next=/en/{kind}s/{listing.pk}-sample/"


def test_a_solver_offers_a_result_to_an_anonymous_challenge() -> None:
    need = factories.make_need(live=True, anonymous=True)
    result = factories.make_result(live=True)
    factories.make_result(result.organisation, author=result.author)
    factories.make_result(live=True)
    [link] = links(panel(result.author, need))
    assert link == reverse("deals:introduce", args=[result.pk, need.pk]).replace("zh-hans", "en")
    client = Client()
    client.force_login(result.author)
    assert client.post(link, {"message": "We can."}).status_code == 302
    deal = Deal.objects.get()
    assert (deal.result, deal.need, deal.enterprise_disclosed) == (result, need, False)


def test_introductions_are_limited(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"introduce": "2/h/user"}
    result = factories.make_result(live=True)
    client = Client()
    client.force_login(result.author)
    answers = [
        client.post(
            reverse("deals:introduce", args=[result.pk, factories.make_need(live=True).pk]),
            {"message": "We can."},
        ).status_code
        for _number in range(3)
    ]
    assert answers == [302, 302, 429]
    assert Deal.objects.count() == 2


def test_nobody_is_asked_for_answers_that_come_too_late() -> None:
    today = timezone.localdate()
    for days, is_asked in ((-1, False), (0, True), (1, True)):
        need = factories.make_need(live=True, deadline=today + timedelta(days=days))
        assert (panel(None, need) is not None) == is_asked


def test_an_enterprise_asks_with_a_need_or_posts_one_first() -> None:
    result = factories.make_result(live=True)
    engineer = factories.owner_of(factories.make_organisation())
    assert links(panel(engineer, result)) == ["/en/listings/need/new/"]
    need = factories.make_need(engineer.organisations.get(), author=engineer, live=True)
    [link] = links(panel(engineer, result))
    assert link.endswith(f"/deals/introduce/{result.pk}/{need.pk}/")


def test_the_own_people_brokers_and_staff_need_none() -> None:
    result = factories.make_result(live=True)
    colleague = factories.add_member(result.organisation)
    staff = (factories.make_moderator(), factories.make_administrator())
    for person in (result.author, colleague, make_broker(), *staff):
        assert panel(person, result) is None
    need = factories.make_need(live=True)
    assert panel(result.author, need) is not None

"""Typical cases: told while all parties of the deal allow it, and never more than they allow."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from brokers.deals import case_consents
from brokers.deals.models import Agreement, Deal, DealEvent, Introduction, Milestone
from brokers.deals.room import messages
from cms.blocks import CASE_PARTS
from cms.models import CaseIndexPage, CasePage, HomePage
from tests.cms.articles import make_case, make_news, make_picture, wagtails_files
from tests.cms.clients import parsed
from tests.deals.factories import World
from tests.pages import sitemap

INSTITUTION, COMPANY = "Quillbrook Academy", "Zephyrine Storage Ltd"


@pytest.fixture
def world(home: HomePage, settings: Any, tmp_path: Any) -> Any:
    """A signed deal of people with names of their own, 50 days after their introduction."""
    settings.MEDIA_ROOT, settings.SEARCH_INDEX_DIR = tmp_path / "media", tmp_path / "index"
    world: Any = World()
    for organisation, name in ((world.institution, INSTITUTION), (world.enterprise, COMPANY)):
        type(organisation).objects.filter(pk=organisation.pk).update(name_en=name)
    for person, name in ((world.broker, "Ottoline"), (world.researcher, "Barnabus")):
        type(person).objects.filter(pk=person.pk).update(first_name=name)
    world.open_accounts()
    world.deal = world.agreed(123_456_700)
    Introduction.objects.update(created_at=F("created_at") - timedelta(days=50))
    return world


def say(
    world: Any, *roles: str, allows: bool = True, named: bool = False, price: bool = False
) -> None:
    """Let the parties of `roles`, or all of them, say it."""
    signers = {"institution": world.dean, "enterprise": world.buyer}
    for party in Deal.objects.get(pk=world.deal.pk).parties.all():
        if not roles or party.role in roles:
            by = signers.get(party.role) or party.user
            case_consents.say(party=party, allows=allows, is_named=named, shows_price=price, by=by)


def read(client: Client, case: CasePage) -> str:
    answer = client.get(f"/en/cases/{case.slug}/")
    assert answer.status_code == 200
    return parsed(answer).main.get_text(" ", strip=True)


def everything_public(client: Client, case: CasePage) -> str:
    """Return what a visitor gets at all addresses that might say something of the case."""
    addresses = (
        f"/en/cases/{case.slug}/",
        f"/zh-hans/cases/{case.slug}/",
        "/en/cases/",
        "/en/",
        "/en/news.atom",
        "/sitemap-pages.xml",
        "/en/results/feed/",
        "/en/search/?q=sample",
    )
    return "".join(client.get(address).content.decode() for address in addresses)


@pytest.mark.django_db
def test_nothing_is_shown_before_everybody_allows_it(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    say(world, "institution", "enterprise", "team", named=True, price=True)
    assert client.get(f"/en/cases/{case.slug}/").status_code == 404
    text = everything_public(client, case)
    assert case.title not in text
    assert not any(case.slug in address for address in sitemap(client, "pages"))
    say(world, "broker")
    assert client.get(f"/en/cases/{case.slug}/").status_code == 200
    assert case.title in client.get("/en/cases/").content.decode()
    assert any(case.slug in address for address in sitemap(client, "pages"))


@pytest.mark.django_db
def test_a_draft_is_shown_nowhere(world: Any, client: Client) -> None:
    draft = make_case(world.deal, live=False)
    say(world, named=True)
    assert client.get(f"/en/cases/{draft.slug}/").status_code == 404
    assert draft.title not in everything_public(client, draft)
    assert not any(draft.slug in address for address in sitemap(client, "pages"))


@pytest.mark.django_db
def test_the_facts_are_the_deals(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    say(world, named=True, price=True)
    text = read(client, case)
    year = world.deal.agreements.get().signed_at.year
    for fact in ("Technology licence", str(year), "50 days", "1,234,567.00", "Signed"):
        assert fact in text
    for name in (INSTITUTION, COMPANY, "Ottoline", "Barnabus"):
        assert name in text
    assert world.result.title in text
    assert world.need.title in text
    for part in ("The challenge", "About the challenge.", "What came of it", "About the outcome."):
        assert part in text


@pytest.mark.django_db
def test_who_is_not_named_stands_nowhere(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    say(world)
    text = everything_public(client, case) + read(client, case)
    shown = parsed(client.get(f"/en/cases/{case.slug}/"))
    for name in ("Quillbrook", "Zephyrine", "Ottoline", "Barnabus", "1,234,567", "1234567"):
        assert name not in str(shown)
    assert world.result.title not in str(shown.main)
    assert world.need.title not in str(shown.main)
    assert "50 days" in text


@pytest.mark.django_db
def test_nothing_else_of_the_deal_leaks(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    Agreement.objects.update(subject="canarysubject", equity="canaryequity")
    Milestone.objects.update(title="canarymilestone", deliverable="canarydeliverable")
    DealEvent.objects.update(note="canarynote")
    Introduction.objects.update(message="canarymessage")
    messages.write(deal=world.deal, author=world.buyer, text="canarytalk")
    say(world, named=True, price=True)
    text = everything_public(client, case)
    assert case.title in text
    assert "canary" not in text
    assert world.deal.reference not in text
    assert str(world.deal.pk) not in text


def test_the_price_needs_every_party(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    say(world, price=True)
    assert "1,234,567.00" in read(client, case)
    say(world, "team")
    assert "1,234,567" not in read(client, case)


@pytest.mark.django_db
def test_withdrawal_takes_it_off_at_once(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    say(world, named=True)
    assert COMPANY in read(client, case)
    say(world, "enterprise", allows=False)
    assert client.get(f"/en/cases/{case.slug}/").status_code == 404
    assert case.title not in everything_public(client, case)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["disputed", "terminated", "negotiating"])
def test_a_deal_that_does_not_stand_is_not_shown(world: Any, client: Client, stage: str) -> None:
    case = make_case(world.deal)
    say(world)
    Deal.objects.update(stage=stage)
    assert client.get(f"/en/cases/{case.slug}/").status_code == 404


@pytest.mark.django_db
def test_who_posted_an_anonymous_need_is_never_named(world: Any, client: Client) -> None:
    case = make_case(world.deal)
    say(world, named=True)
    type(world.need).objects.filter(pk=world.need.pk).update(anonymous=True)
    text = read(client, case)
    assert "Zephyrine" not in text
    assert INSTITUTION in text
    assert world.need.title in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"title": "How Zephyrine Storage found a cell"},
        {"slug": "zephyrine-storage"},
        {"introduction": "ZEPHYRINE  storage asked."},
        {"search_description": "Zephyrine Storage"},
        {"outcome": "It runs at <b>Zephyrine</b> Storage."},
        {"method": "Ottoline brought them together."},
        {"method": 'Read <a href="https://zephyrine-storage.example.org/">more</a>.'},
    ],
)
def test_a_text_that_names_the_unnamed_withholds_the_case(
    world: Any, client: Client, fields: dict[str, str]
) -> None:
    case = make_case(world.deal, **fields)
    say(world)
    assert client.get(f"/en/cases/{case.slug}/").status_code == 404
    assert "ephyrine" not in client.get("/en/cases/").content.decode()
    say(world, named=True)
    assert client.get(f"/en/cases/{case.slug}/").status_code == 200


@pytest.mark.django_db
@wagtails_files
def test_a_pictures_name_tells_too(world: Any, client: Client) -> None:
    picture = make_picture(name="zephyrine-storage.png")
    case = make_case(world.deal, picture=picture, picture_alt="A cell")
    say(world)
    assert client.get(f"/en/cases/{case.slug}/").status_code == 404
    say(world, named=True)
    html = parsed(client.get(f"/en/cases/{case.slug}/"))
    assert html.select_one("figure img")["alt"] == "A cell"
    assert html.select_one('meta[property="og:image"]')["content"].startswith("http")


def form(world: Any, **fields: Any) -> dict[str, Any]:
    parts = [(name, rich_text(f"<p>About the {name}.</p>")) for name in CASE_PARTS]
    data: dict[str, Any] = {
        "title": "A case",
        "slug": "a-case",
        "seo_title": "",
        "search_description": "",
        "introduction": "In short.",
        "picture": "",
        "picture_alt": "",
        "deal": str(world.deal.pk),
        "body": streamfield(parts),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
    }
    return nested_form_data({**data, **fields})


def add_url() -> str:
    index = CaseIndexPage.objects.get(locale__language_code="en")
    return reverse("wagtailadmin_pages:add", args=["cms", "casepage", index.pk])


@pytest.mark.django_db
def test_an_administrator_publishes_once_all_allow_it(
    world: Any, administrator_client: Client, client: Client
) -> None:
    publish = {"action-publish": "action-publish"}
    answer = administrator_client.post(add_url(), form(world, **publish))
    assert "deal" in answer.context["form"].errors
    assert not CasePage.objects.exists()
    assert administrator_client.post(add_url(), form(world)).status_code == 302
    case = CasePage.objects.get()
    assert not case.live
    say(world)
    edit = reverse("wagtailadmin_pages:edit", args=[case.pk])
    naming = form(world, introduction="Zephyrine Storage asked.", **publish)
    assert "introduction" in administrator_client.post(edit, naming).context["form"].errors
    assert administrator_client.post(edit, form(world, **publish)).status_code == 302
    assert "A case" in read(client, CasePage.objects.get())


@pytest.mark.django_db
@pytest.mark.parametrize("deal", ["", "x", "6d6d8a3a-0000-4000-8000-000000000000"])
def test_only_deals_that_came_about_can_be_chosen(
    world: Any, administrator_client: Client, deal: str
) -> None:
    answer = administrator_client.post(add_url(), form(world, deal=deal))
    assert "deal" in answer.context["form"].errors
    assert world.deal.reference in administrator_client.get(add_url()).content.decode()


@pytest.mark.django_db
def test_many_cases_take_no_more_queries(
    world: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    say(world, named=True)
    for number in range(5):
        make_case(world.deal, title=f"Case {number}", slug=f"case-{number}")
        make_news(f"News {number}")
    client.get("/en/cases/")
    with django_assert_max_num_queries(15):
        client.get("/en/cases/")

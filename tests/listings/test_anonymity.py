"""An anonymous need names its organisation to nobody below the nda tier: nowhere, in no form."""

from typing import Any

import pytest
from django.test import Client

from marketplace.listings import lifecycle
from marketplace.listings.models import NeedAttachment
from tests import factories
from tests.listings.viewers import grant
from tests.pages import soup

pytestmark = pytest.mark.django_db

CANARIES = ("Canary Works", "金丝雀工厂", "canary-works", "Canarina", "canary@", "canary-site")


@pytest.fixture
def organisation() -> Any:
    author = factories.make_user("canary@example.org", first_name="Canarina", last_name="Person")
    return factories.make_organisation(
        "Canary Works",
        name_zh="金丝雀工厂",
        slug="canary-works",
        website="https://canary-site.example.org/",
        kind="enterprise",
        owner=author,
    )


@pytest.fixture
def need(organisation: Any) -> Any:
    file = factories.make_file(uploaded_by=factories.owner_of(organisation))
    return factories.make_need(
        organisation,
        title_en="Fast heating",
        title_zh="快速加热",
        anonymous=True,
        attachments=[NeedAttachment(file=file, title="Sheet", tier=0)],
        live=True,
    )


def paths(need: Any) -> list[str]:
    file = need.attachments.all()[0].file_id
    return [
        f"/{language}/{path}"
        for language in ("en", "zh-hans")
        for path in (
            f"needs/{need.pk}/",
            f"needs/{need.pk}-canary-works/",
            "needs/",
            "needs/feed/",
            f"listings/need/{need.pk}/code.svg",
            "needs/?organisation_kind=enterprise",
            "needs/?organisation=canary-works",
            f"listings/need/{need.pk}/files/{file}/",
            f"listings/need/{need.pk}/edit/",
            f"listings/need/{need.pk}/preview/",
        )
    ]


def test_no_page_names_it_below_the_nda_tier(need: Any) -> None:
    for reader in (None, factories.make_user(), factories.owner_of(factories.make_organisation())):
        browser = Client()
        if reader:
            browser.force_login(reader)
        for path in paths(need):
            response = browser.get(path, follow=True)
            text = response.getvalue().decode() + str(response.headers)
            asked = path if "organisation=" in path else ""
            for canary in CANARIES:
                assert canary not in text.replace(asked, "").replace(
                    'value="canary-works"', ""
                ).replace("organisation=canary-works", "").replace(": canary-works", ""), (
                    path,
                    canary,
                )


def test_filters_by_organisation_pass_over_it(client: Client, need: Any, organisation: Any) -> None:
    named = factories.make_need(organisation, title_en="Named", live=True)
    partner = factories.make_organisation()
    grant(need, partner)

    def found(query: str) -> list[str]:
        page = soup(client.get(f"/en/needs/?{query}"))
        return sorted(a.get_text(strip=True) for a in page.select(".listing__title a"))

    queries = ("organisation=canary-works", "organisation_kind=enterprise")
    for query in queries:
        assert found(query) == [named.title]
    assert found("") == ["Fast heating", "Named"]
    client.force_login(factories.owner_of(partner))
    for query in queries:
        assert found(query) == ["Fast heating", "Named"]


def test_from_the_nda_tier_on_it_is_named(need: Any, organisation: Any) -> None:
    partner = factories.make_organisation()
    grant(need, partner)
    for reader in (
        factories.owner_of(partner),
        factories.add_member(organisation),
        factories.make_administrator(),
    ):
        browser = Client()
        browser.force_login(reader)
        for path in (f"/en/needs/{need.pk}/", "/en/needs/"):
            assert "Canary Works" in browser.get(path, follow=True).content.decode()


def test_the_author_sees_by_the_preview_how_it_hides(client: Client, need: Any) -> None:
    client.force_login(need.author)
    path = f"/en/listings/need/{need.pk}/preview/"
    for audience, is_named in {"public": False, "members": False, "nda": True}.items():
        article = soup(client.get(f"{path}?as={audience}")).find("article").get_text()
        assert ("Canary Works" in article) == is_named, audience


def test_becoming_anonymous_takes_an_approval_and_then_hides(workflow: Any, need: Any) -> None:
    named = factories.make_need(need.organisation, title_en="Named", live=True)
    draft = lifecycle.working_copy(named)
    draft.anonymous = True
    lifecycle.save_draft(draft, author=named.author)
    lifecycle.submit(named, author=named.author)
    assert "Canary Works" in Client().get("/en/needs/").content.decode()
    factories.approve(named)
    assert "Canary Works" not in Client().get("/en/needs/").content.decode()


def test_no_mail_of_the_site_names_it_to_strangers(
    mailoutbox: Any, workflow: Any, need: Any
) -> None:
    factories.make_moderator()
    draft = lifecycle.working_copy(need)
    draft.summary_en = "Another summary."
    lifecycle.save_draft(draft, author=need.author)
    lifecycle.submit(need, author=need.author)
    factories.approve(need)
    to_strangers = [mail for mail in mailoutbox if mail.to != [need.author.email]]
    assert to_strangers, "moderators are told"
    for mail in to_strangers:
        assert not any(canary in mail.subject + mail.body for canary in CANARIES[:4])

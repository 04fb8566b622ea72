"""Who reaches the editors' site. Everybody else is turned away, and nothing changes."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import registry

from cms.models import FeaturedPairing, Menus
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import FINANCE
from tests.cms.clients import parsed, signed_in
from tests.factories import (
    PASSWORD,
    add_member,
    make_administrator,
    make_need,
    make_organisation,
    make_result,
    make_user,
    owner_of,
)

SIGN_IN = "/zh-hans/accounts/login/"


def addresses(listing: Any) -> list[str]:
    own = "wagtailsnippets_listings_researchresult"
    return [
        reverse("wagtailadmin_home"),
        reverse(f"{own}:list"),
        reverse(f"{own}:edit", args=[listing.pk]),
        reverse(f"{own}:history", args=[listing.pk]),
        reverse(f"{own}:unpublish", args=[listing.pk]),
        reverse(f"{own}:preview_on_edit", args=[listing.pk]),
        reverse("wagtailsnippets_cms_featuredpairing:add"),
        reverse("wagtailsnippets_accounts_membership:add"),
        reverse("wagtailsettings:edit", args=["cms", "menus"]),
        reverse("wagtailadmin_explore_root"),
        reverse("wagtailusers_users:index"),
        reverse("wagtailimages:add"),
    ]


def people(organisation: Any) -> dict[str, Any]:
    finance = make_user()
    finance.groups.set(Group.objects.filter(name=FINANCE))
    return {
        "member": add_member(organisation),
        "approver": add_member(organisation, role=Membership.Role.APPROVER),
        "owner": owner_of(organisation),
        "stranger": make_user(),
        "finance": finance,
    }


def test_members_of_organisations_are_denied_everywhere(home: Any) -> None:
    organisation = make_organisation()
    listing = make_result(organisation, live=True)
    for role, person in people(organisation).items():
        client = signed_in(person)
        for address in addresses(listing):
            for method in (client.get, client.post):
                answer = method(address, follow=True)
                assert answer.status_code == 403, (role, address)
    listing.refresh_from_db()
    assert listing.live
    assert listing.revisions.count() == 1
    assert not FeaturedPairing.objects.exists()


def test_a_member_cannot_publish_with_a_well_formed_request(home: Any) -> None:
    organisation = make_organisation()
    draft = make_result(organisation)
    need = make_need(live=True)
    client = signed_in(owner_of(organisation))
    edit = reverse("wagtailsnippets_listings_researchresult:edit", args=[draft.pk])
    pairing = {"result": draft.pk, "need": need.pk, "note_en": "Look!"}
    client.post(edit, {"title_en": "Mine", "action-publish": "1"})
    client.post(reverse("wagtailsnippets_cms_featuredpairing:add"), pairing)
    client.post(reverse("wagtailsettings:edit", args=["cms", "menus", Menus.objects.get().pk]), {})
    draft.refresh_from_db()
    assert not draft.live
    assert not FeaturedPairing.objects.exists()
    assert not registry.get_logs_for_instance(Menus.objects.get()).exists()


def test_visitors_are_sent_to_the_sign_in_that_knows_the_second_factor(home: Any) -> None:
    answer = Client().get("/wagtail/pages/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"{SIGN_IN}?next=/wagtail/pages/")


@pytest.mark.parametrize("door", ["/wagtail/login/", "/zh-hans/_util/login/"])
def test_wagtail_has_no_sign_in_of_its_own(home: Any, door: str) -> None:
    person = make_user()
    client = Client()
    answer = client.post(door, {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith(SIGN_IN)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "target", ["https://evil.example.org/", "//evil.example.org", "javascript:x"]
)
def test_the_way_to_the_sign_in_leads_nowhere_else(home: Any, target: str) -> None:
    answer = Client().get("/wagtail/login/", {"next": target})
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_moderators_have_listings_only(moderator_client: Client) -> None:
    listing = make_result(live=True)
    open_to_them = {
        reverse("wagtailadmin_home"),
        reverse("wagtailsnippets_listings_researchresult:list"),
        reverse("wagtailsnippets_listings_researchresult:edit", args=[listing.pk]),
    }
    for address in open_to_them:
        assert moderator_client.get(address).status_code == 200, address
    for address in (
        reverse("wagtailsnippets_cms_featuredpairing:list"),
        reverse("wagtailsnippets_accounts_organisation:list"),
        reverse("wagtailsnippets_accounts_membership:list"),
        reverse("wagtailsettings:edit", args=["cms", "menus"]),
        reverse("wagtailusers_users:index"),
        reverse("wagtailimages:add"),
        reverse("wagtailadmin_pages:add", args=["cms", "contentpage", Menus.objects.get().pk]),
    ):
        answer = moderator_client.get(address)
        assert answer.status_code in {302, 403}, address


@pytest.mark.parametrize("model", ["researchresult", "technologyneed", "featuredpairing"])
@pytest.mark.parametrize("view", ["list", "list_results"])
def test_administrators_read_every_list(
    administrator_client: Client, model: str, view: str
) -> None:
    result, need = make_result(live=True), make_need(live=True, anonymous=True)
    FeaturedPairing.objects.create(result=result, need=need, note_en="Both are samples.")
    app = "cms" if model == "featuredpairing" else "listings"
    answer = administrator_client.get(reverse(f"wagtailsnippets_{app}_{model}:{view}"))
    assert answer.status_code == 200
    assert "Sample" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "wagtailsnippets_accounts_organisation:list",
        "wagtailsnippets_accounts_membership:list",
        "wagtailsnippets_taxonomy_industry:list",
        "wagtailsnippets_taxonomy_region:list",
        "wagtailusers_users:index",
        "wagtailusers_users:add",
        "wagtailimages:index",
        "wagtaildocs:index",
        "wagtailredirects:index",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_explore_root",
    ],
)
def test_administrators_reach_what_they_run(administrator_client: Client, name: str) -> None:
    assert administrator_client.get(reverse(name), follow=True).status_code == 200


def test_the_way_in_is_shown_to_those_who_may_enter(
    moderator_client: Client, administrator_client: Client
) -> None:
    way_in = f'href="{reverse("wagtailadmin_home")}"'
    for client in (moderator_client, administrator_client):
        assert way_in in client.get("/en/").content.decode()
    assert way_in not in signed_in(make_user()).get("/en/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_editors_site_speaks_the_language_of_the_account(language: str) -> None:
    editor = make_user(language=language, is_superuser=True)
    client = Client(headers={"accept-language": "fr"})
    client.force_login(editor)
    assert parsed(client.get(reverse("wagtailadmin_home"))).html["lang"] == language


def test_the_menu_leads_administrators_to_the_complaints(
    administrator_client: Client, moderator_client: Client
) -> None:
    editors = reverse("wagtailadmin_home")
    assert '"/en/complaints/"' in administrator_client.get(editors).content.decode()
    chinese = signed_in(make_administrator(language="zh-hans"))
    assert '"/zh-hans/complaints/"' in chinese.get(editors).content.decode()
    assert "/complaints/" not in moderator_client.get(editors).content.decode()

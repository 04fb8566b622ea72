"""Review in Wagtail's own views: what is submitted goes live, or back with a remark."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState

from marketplace.audit import trail
from marketplace.listings import lifecycle
from marketplace.listings.completeness import completeness
from marketplace.listings.models import IpRight, ResearchResult
from marketplace.listings.tiers import Tier
from marketplace.outbox.models import Effect
from tests.cms.clients import signed_in
from tests.factories import make_moderator, make_need, make_organisation, make_result, owner_of
from tests.pages import soup

SECRET = "CANARY-PRIVATE"


def url(listing: Any, view: str, *arguments: Any) -> str:
    app = f"wagtailsnippets_listings_{listing._meta.model_name}"
    return reverse(f"{app}:{view}", args=[listing.pk, *arguments])


def submitted(listing: Any) -> Any:
    lifecycle.submit(listing, author=listing.author)
    return type(listing).objects.get(pk=listing.pk)


def act(client: Client, listing: Any, action: str, **data: Any) -> Any:
    state = listing.current_workflow_task_state
    return client.post(url(listing, "workflow_action", action, state.pk), data, follow=True)


@pytest.mark.parametrize("make", [make_result, make_need])
def test_the_dashboard_shows_what_waits_and_approval_publishes(
    moderator_client: Client, client: Client, make: Any
) -> None:
    listing = submitted(make(title_en="Sample awaiting review"))
    assert client.get(listing.get_absolute_url()).status_code == 404
    dashboard = moderator_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Sample awaiting review" in dashboard

    assert act(moderator_client, listing, "approve").status_code == 200
    listing.refresh_from_db()
    assert listing.live
    assert lifecycle.status(listing) == lifecycle.Status.LIVE
    assert client.get(listing.get_absolute_url()).status_code == 200
    dashboard = moderator_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Awaiting your review" not in dashboard


@pytest.mark.parametrize("make", [make_result, make_need])
def test_changes_are_requested_with_a_remark(moderator_client: Client, make: Any) -> None:
    listing = submitted(make())
    act(moderator_client, listing, "reject", comment="Please add figures.")
    listing.refresh_from_db()
    assert not listing.live
    assert lifecycle.status(listing) == lifecycle.Status.RETURNED
    assert TaskState.objects.get().comment == "Please add figures."


def test_what_is_live_stays_until_the_new_version_is_approved(
    moderator_client: Client, client: Client
) -> None:
    listing = make_result(title_en="Sample first version", live=True)
    draft = lifecycle.working_copy(listing)
    draft.title_en = "Sample second version"
    lifecycle.save_draft(draft, author=listing.author)
    listing = submitted(listing)
    assert "Sample first version" in client.get(listing.get_absolute_url()).content.decode()

    compared = moderator_client.get(url(listing, "revisions_compare", "live", "latest"))
    assert compared.status_code == 200
    assert "second" in compared.content.decode()
    act(moderator_client, listing, "approve")
    assert (
        "Sample second version"
        in client.get(type(listing).objects.get(pk=listing.pk).get_absolute_url()).content.decode()
    )


def test_a_member_cannot_approve_the_own_listing(home: Any) -> None:
    organisation = make_organisation()
    listing = submitted(make_result(organisation))
    act(signed_in(owner_of(organisation)), listing, "approve")
    listing.refresh_from_db()
    assert not listing.live
    assert listing.workflow_in_progress


def test_a_second_click_changes_nothing(moderator_client: Client) -> None:
    listing = submitted(make_result())
    state = listing.current_workflow_task_state.pk
    for _click in range(2):
        address = url(listing, "workflow_action", "approve", state)
        assert moderator_client.post(address, follow=True).status_code == 200
    listing.refresh_from_db()
    assert listing.live
    assert listing.revisions.count() == 1


def edit_form(client: Client, listing: Any) -> dict[str, Any]:
    """Return the fields of the edit form as a browser would send them back."""
    answer = client.get(url(listing, "edit"))
    assert answer.status_code == 200
    form = answer.context["form"]
    parts = [form]
    for formset in form.formsets.values():
        parts += [formset.management_form, *formset.forms]
    values = {field.html_name: field.value() for part in parts for field in part}
    return {name: "" if value is None else value for name, value in values.items()}


def test_an_administrator_corrects_fields_rows_amounts_and_tiers(
    administrator_client: Client,
) -> None:
    right = IpRight(type=IpRight.Type.INVENTION, number="SAMPLE-1")
    listing = make_result(ip_rights=[right], price_min=1_200_050, currency="CNY", trl=4, live=True)
    data = edit_form(administrator_client, listing)
    assert data["price_min"] == "12000.50"
    assert data["ip_rights-0-number"] == "SAMPLE-1"

    data |= {"price_min": "15000", "trl": "5", "tier_price": Tier.MEMBERS}
    data |= {"ip_rights-0-number": "SAMPLE-2", "action-publish": "action-publish"}
    answer = administrator_client.post(url(listing, "edit"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    listing = type(listing).objects.get(pk=listing.pk)
    assert (listing.price_min, listing.trl) == (1_500_000, 5)
    assert listing.tier_of("price") == Tier.MEMBERS
    assert [right.number for right in listing.ip_rights.all()] == ["SAMPLE-2"]


@pytest.mark.parametrize("amount", ["-1", "1e2", "NaN", "1,000", "5.005", "9" * 30])
def test_wrong_amounts_are_refused_at_the_field(administrator_client: Client, amount: str) -> None:
    listing = make_result(price_min=100, live=True)
    data = edit_form(administrator_client, listing) | {"price_min": amount}
    answer = administrator_client.post(url(listing, "edit"), data)
    assert answer.status_code == 200
    assert "price_min" in answer.context["form"].errors
    listing.refresh_from_db()
    assert listing.price_min == 100


def with_secrets() -> Any:
    return make_result(
        details_en=f"{SECRET} details",
        ip_rights=[IpRight(type=IpRight.Type.SOFTWARE, number=f"{SECRET} right")],
        price_min=98_765_432,
        tiers={"details": int(Tier.PRIVATE), "ip_rights": 3, "price": 3},
    )


def test_a_moderator_does_not_meet_the_private_tier(moderator_client: Client) -> None:
    listing = submitted(with_secrets())
    task = listing.current_workflow_task
    addresses = {
        url(listing, "edit"),
        url(listing, "history"),
        url(listing, "workflow_history"),
        url(listing, "revisions_view", listing.latest_revision_id),
        url(listing, "revisions_revert", listing.latest_revision_id),
        url(listing, "workflow_preview", task.pk),
        url(listing, "revisions_compare", "earliest", "latest"),
    }
    for address in addresses:
        answer = moderator_client.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert SECRET not in page, address
        assert "987,654.32" not in page, address
        assert "987654.32" not in page, address
    assert SECRET in lifecycle.working_copy(listing).details_en
    shown = moderator_client.get(url(listing, "workflow_preview", task.pk)).content.decode()
    assert listing.title in shown


def test_the_preview_while_editing_keeps_it_closed_too(moderator_client: Client) -> None:
    listing = submitted(with_secrets())
    address = url(listing, "preview_on_edit")
    sent = moderator_client.post(address, edit_form(moderator_client, listing))
    assert sent.json()["is_valid"]
    shown = moderator_client.get(address).content.decode()
    assert listing.title in shown
    assert SECRET not in shown


def test_saving_by_a_moderator_keeps_what_was_hidden(moderator_client: Client) -> None:
    listing = submitted(with_secrets())
    data = edit_form(moderator_client, listing) | {"summary_en": "Corrected."}
    answer = moderator_client.post(url(listing, "edit"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    draft = lifecycle.working_copy(type(listing).objects.get(pk=listing.pk))
    assert draft.summary_en == "Corrected."
    assert draft.details_en == f"{SECRET} details"
    assert [right.number for right in draft.ip_rights.all()] == [f"{SECRET} right"]
    assert draft.price_min == 98_765_432
    assert draft.tier_of("details") == Tier.PRIVATE


@pytest.mark.parametrize("private_side", ["before", "after"])
def test_a_comparison_hides_what_either_version_keeps_private(
    moderator_client: Client, administrator_client: Client, private_side: str
) -> None:
    before, after = ({"details": 3}, {}) if private_side == "before" else ({}, {"details": 3})
    listing = make_result(details_en=f"{SECRET} one", tiers=before, live=True)
    draft = lifecycle.working_copy(listing)
    draft.details_en, draft.tiers, draft.summary_en = f"{SECRET} two", after, "Another summary."
    lifecycle.save_draft(draft, author=listing.author)
    listing = submitted(listing)
    address = url(listing, "revisions_compare", "live", "latest")
    seen = moderator_client.get(address).content.decode()
    assert SECRET not in seen
    assert "Another" in seen
    assert "Who may read “Details”" in seen
    assert SECRET in administrator_client.get(address).content.decode()


@pytest.mark.parametrize("make", [make_result, make_need])
def test_a_comparison_names_the_ways_of_working_together(
    moderator_client: Client, make: Any
) -> None:
    listing = make(cooperation_modes=["licence", "development"], live=True)
    draft = lifecycle.working_copy(listing)
    draft.cooperation_modes = ["development", "service"]
    lifecycle.save_draft(draft, author=listing.author)
    listing = submitted(listing)
    seen = soup(moderator_client.get(url(listing, "revisions_compare", "live", "latest")))
    assert (
        seen.select_one("table .deletion").get_text()
        == "licence · joint or commissioned development"
    )
    assert "technical service" in seen.select_one("table .addition").get_text()


def test_the_order_of_choices_is_no_change(moderator_client: Client) -> None:
    listing = make_result(cooperation_modes=["licence", "development"], live=True)
    draft = lifecycle.working_copy(listing)
    draft.cooperation_modes = ["development", "licence"]
    lifecycle.save_draft(draft, author=listing.author)
    listing = submitted(listing)
    seen = moderator_client.get(url(listing, "revisions_compare", "live", "latest"))
    assert "commissioned development" not in seen.content.decode()


def test_an_administrator_sees_the_private_tier(administrator_client: Client) -> None:
    listing = submitted(with_secrets())
    page = administrator_client.get(url(listing, "edit")).content.decode()
    assert f"{SECRET} details" in page
    assert f"{SECRET} right" in page


@pytest.mark.parametrize("view", ["add", "delete"])
def test_listings_are_neither_begun_nor_deleted_here(home: Any, view: str) -> None:
    root = make_moderator(is_superuser=True)
    listing = make_result(live=True)
    arguments = [] if view == "add" else [listing.pk]
    address = reverse(f"wagtailsnippets_listings_researchresult:{view}", args=arguments)
    for method in (signed_in(root).get, signed_in(root).post):
        assert method(address).status_code in {302, 403}
    listing.refresh_from_db()
    assert listing.live


def test_a_moderator_takes_a_listing_off_the_site(moderator_client: Client, client: Client) -> None:
    listing = make_need(live=True)
    moderator_client.post(url(listing, "unpublish"))
    listing.refresh_from_db()
    assert not listing.live
    assert client.get(listing.get_absolute_url()).status_code == 404


def test_a_crash_while_taking_off_leaves_it_on_the_site(
    moderator_client: Client, monkeypatch: Any
) -> None:
    listing = make_result(live=True)
    indexed = Effect.objects.count()
    crash = RuntimeError("killed")
    monkeypatch.setattr(
        "wagtail.actions.unpublish.UnpublishAction._after_unpublish", Mock(side_effect=crash)
    )
    with pytest.raises(RuntimeError):
        moderator_client.post(url(listing, "unpublish"))
    assert ResearchResult.objects.get(pk=listing.pk).live
    assert Effect.objects.count() == indexed
    assert trail.history(listing).first().action != "wagtail.unpublish"


def test_the_list_says_where_each_stands_in_few_queries(
    moderator_client: Client, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        submitted(make_result(ip_rights=[IpRight(type=IpRight.Type.SOFTWARE)]))
    live = make_result(live=True)
    address = reverse("wagtailsnippets_listings_researchresult:list")
    moderator_client.get(address)
    with django_assert_max_num_queries(25):
        page = moderator_client.get(address).content.decode()
    assert page.count("in review") == 4
    assert f"{completeness(live).score} %" in page

"""Organisations, members and reference data in the editors' site."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import MODERATORS
from marketplace.audit import trail
from tests.cms.clients import signed_in
from tests.factories import (
    add_member,
    make_administrator,
    make_industry,
    make_need,
    make_organisation,
    make_region,
    make_result,
    make_user,
    owner_of,
)


def organisation_form(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    return {
        "kind": organisation.kind,
        "name_zh": organisation.name_zh,
        "name_en": organisation.name_en,
        "description_zh": "",
        "description_en": "",
        "website": "",
        "region": "",
        "credit_code": organisation.credit_code,
        **changes,
    }


def edit(record: Any) -> str:
    name = f"wagtailsnippets_accounts_{record._meta.model_name}:edit"
    return reverse(name, args=[record.pk])


def test_verifying_is_dated_logged_and_can_be_taken_back(administrator_client: Client) -> None:
    organisation = make_organisation()
    form = organisation_form(organisation, is_verified="on")
    assert administrator_client.post(edit(organisation), form).status_code == 302
    organisation.refresh_from_db()
    verified_at = organisation.verified_at
    assert verified_at is not None

    administrator_client.post(edit(organisation), form | {"name_en": "Renamed"})
    organisation.refresh_from_db()
    assert organisation.verified_at == verified_at
    administrator_client.post(edit(organisation), organisation_form(organisation))
    organisation.refresh_from_db()
    assert organisation.verified_at is None
    actions = [entry.action for entry in trail.history(organisation)]
    assert actions.count("organisation.verify") == actions.count("organisation.doubt") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name_en", ""), ("credit_code", "1"), ("kind", "club"), ("website", "javascript:x")],
)
def test_wrong_facts_are_refused(administrator_client: Client, field: str, value: str) -> None:
    organisation = make_organisation("Sample Works")
    form = organisation_form(organisation, is_verified="on", **{field: value})
    answer = administrator_client.post(edit(organisation), form)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    organisation.refresh_from_db()
    assert organisation.name_en == "Sample Works"
    assert organisation.verified_at is None


def test_the_page_of_an_organisation_lists_its_members(administrator_client: Client) -> None:
    organisation = make_organisation()
    member = add_member(organisation)
    page = administrator_client.get(edit(organisation)).content.decode()
    assert member.email in page


def test_a_role_is_changed_through_the_service(administrator_client: Client) -> None:
    organisation = make_organisation()
    member = add_member(organisation)
    membership = Membership.objects.get(user=member)
    answer = administrator_client.post(edit(membership), {"role": "approver"})
    assert answer.status_code == 302
    membership.refresh_from_db()
    assert membership.role == Membership.Role.APPROVER
    assert "organisation.change_role" in {e.action for e in trail.history(organisation)}


def test_a_membership_cannot_be_moved_to_another_organisation(administrator_client: Client) -> None:
    organisation, other = make_organisation(), make_organisation()
    membership = Membership.objects.get(user=add_member(organisation))
    data = {"role": "approver", "organisation": other.pk, "user": make_user().pk}
    administrator_client.post(edit(membership), data)
    stored = Membership.objects.get(pk=membership.pk)
    assert stored.organisation == organisation
    assert stored.user == membership.user


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_the_last_owner_stays(administrator_client: Client, action: str) -> None:
    organisation = make_organisation()
    membership = Membership.objects.get(user=owner_of(organisation))
    address = reverse(f"wagtailsnippets_accounts_membership:{action}", args=[membership.pk])
    answer = administrator_client.post(address, {"role": "member"}, follow=True)
    assert answer.status_code == 200
    assert "An organisation needs an owner" in answer.content.decode()
    membership.refresh_from_db()
    assert membership.role == Membership.Role.OWNER


def test_a_member_is_removed_through_the_service(administrator_client: Client) -> None:
    organisation = make_organisation()
    membership = Membership.objects.get(user=add_member(organisation))
    address = reverse("wagtailsnippets_accounts_membership:delete", args=[membership.pk])
    assert administrator_client.post(address).status_code == 302
    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert "organisation.remove_member" in {e.action for e in trail.history(organisation)}


def test_a_person_can_be_added(administrator_client: Client) -> None:
    organisation, person = make_organisation(), make_user()
    data = {"user": person.pk, "organisation": organisation.pk, "role": "member"}
    address = reverse("wagtailsnippets_accounts_membership:add")
    assert administrator_client.post(address, data).status_code == 302
    assert Membership.objects.filter(user=person, organisation=organisation).exists()
    again = administrator_client.post(address, data)
    assert again.status_code == 200
    assert again.context["form"].errors


@pytest.mark.parametrize(("model", "view"), [("organisation", "add"), ("organisation", "delete")])
def test_not_even_a_superuser_founds_or_deletes_here(home: Any, model: str, view: str) -> None:
    root = signed_in(make_administrator(is_superuser=True))
    organisation = make_organisation()
    arguments = [] if view == "add" else [organisation.pk]
    address = reverse(f"wagtailsnippets_accounts_{model}:{view}", args=arguments)
    before = Organisation.objects.count()
    root.post(address, organisation_form(organisation, name_en="Another"))
    assert Organisation.objects.count() == before


@pytest.mark.parametrize("model", ["industry", "region"])
def test_reference_data_is_read_only(home: Any, model: str) -> None:
    record = make_industry("C3841") if model == "industry" else make_region("3301")
    root = signed_in(make_administrator(is_superuser=True))
    listed = root.get(reverse(f"wagtailsnippets_taxonomy_{model}:list"), {"q": record.code})
    assert record.name_zh in listed.content.decode()
    for view, arguments in (("add", []), ("edit", [record.pk]), ("delete", [record.pk])):
        address = reverse(f"wagtailsnippets_taxonomy_{model}:{view}", args=arguments)
        data = {"code": "X", "name_zh": "changed", "level": "1"}
        assert root.post(address, data).status_code in {302, 403}
    record.refresh_from_db()
    assert record.name_zh != "changed"
    assert not type(record).objects.filter(pk="X").exists()


def test_an_account_is_made_without_a_password(administrator_client: Client) -> None:
    data = {"email": "new@example.org", "first_name": "New", "last_name": "Person"}
    data |= {"is_active": "on"}
    answer = administrator_client.post(reverse("wagtailusers_users:add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    person = User.objects.get(email="new@example.org")
    assert person.password == ""
    assert not person.check_password("")


def account_form(user: User, **fields: Any) -> dict[str, Any]:
    names = {"first_name": "New", "last_name": "Name"}
    return {"email": user.email, **names, "is_active": "on", **fields}


def test_an_account_is_renamed_and_put_into_groups(administrator_client: Client) -> None:
    user, group = make_user(), Group.objects.get(name=MODERATORS)
    form = account_form(user, groups=[str(group.pk)])
    administrator_client.post(reverse("wagtailusers_users:edit", args=[user.pk]), form)
    user.refresh_from_db()
    assert (user.last_name, user.groups.get()) == ("Name", group)


def test_an_administrator_takes_over_no_account_and_makes_no_superuser(
    administrator_client: Client,
) -> None:
    user = make_user("own@example.org")
    form = account_form(user, email="taken@example.org", is_superuser="on")
    administrator_client.post(reverse("wagtailusers_users:edit", args=[user.pk]), form)
    new = {**form, "email": "new@example.org"}
    administrator_client.post(reverse("wagtailusers_users:add"), new)
    user.refresh_from_db()
    assert user.email == "own@example.org"
    assert User.objects.filter(email="new@example.org").exists()
    assert not User.objects.filter(is_superuser=True).exists()


def test_only_superusers_touch_a_superuser(administrator_client: Client) -> None:
    root = make_user(is_superuser=True)
    before = User.objects.filter(pk=root.pk).values().get()
    edit_root = reverse("wagtailusers_users:edit", args=[root.pk])
    close_root = (
        reverse("wagtail_bulk_action", args=["accounts", "user", "set_active_state"])
        + f"?id={root.pk}"
    )
    for address, data in (
        (edit_root, account_form(root)),
        (close_root, {"mark_as_active": "False"}),
    ):
        assert administrator_client.post(address, data).status_code in {302, 403}
    assert User.objects.filter(pk=root.pk).values().get() == before
    other = signed_in(make_user(is_superuser=True))
    assert other.post(edit_root, account_form(root)).status_code == 302
    root.refresh_from_db()
    assert root.last_name == "Name"


def test_accounts_are_closed_and_never_deleted(home: Any) -> None:
    author = make_result(live=True).author
    root = signed_in(make_administrator(is_superuser=True))
    one = reverse("wagtailusers_users:delete", args=[author.pk])
    many = reverse("wagtail_bulk_action", args=["accounts", "user", "delete"])
    for ask in (
        lambda: root.get(one, follow=True),
        lambda: root.post(one, follow=True),
        lambda: root.post(f"{many}?id={author.pk}", follow=True),
    ):
        answer = ask()
        assert answer.status_code == 200
        assert "Close accounts instead" in answer.content.decode()
    assert User.objects.filter(pk=author.pk).exists()


def test_nothing_is_deleted_in_bulk_past_its_guards(home: Any) -> None:
    organisation = make_organisation()
    records: list[Any] = [
        organisation,
        Membership.objects.get(organisation=organisation),
        make_result(live=True),
        make_need(live=True),
        make_industry("C3841"),
        make_region("3301"),
    ]
    root = signed_in(make_administrator(is_superuser=True))
    for record in records:
        names = [record._meta.app_label, record._meta.model_name, "delete"]
        root.post(f"{reverse('wagtail_bulk_action', args=names)}?id={record.pk}")
        assert type(record)._default_manager.filter(pk=record.pk).exists(), names

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts import invitations, organisations
from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.audit import trail
from tests.factories import PASSWORD, add_member, make_organisation, make_user, owner_of
from tests.pages import soup

pytestmark = pytest.mark.django_db

FORM = {"kind": "university", "name_en": "Sample University", "name_zh": ""}


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


def verified(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def invite(organisation: Organisation, email: str = "new@example.org") -> Invitation:
    return invitations.invite(
        organisation=organisation, email=email, role="approver", actor=owner_of(organisation)
    )


def test_founder_becomes_owner(client) -> None:
    user = make_user()
    client.force_login(user)
    response = client.post(reverse("accounts:create_organisation"), FORM)
    organisation = Organisation.objects.get()
    assert response.status_code == 302
    assert organisation.slug == "sample-university"
    assert user.has_perm("organisation:edit", organisation)
    assert trail.history(organisation).first().action == "organisation.found"


def test_two_organisations_of_one_name_have_two_addresses(client) -> None:
    client.force_login(make_user())
    for _ in range(2):
        client.post(reverse("accounts:create_organisation"), FORM)
    assert set(Organisation.objects.values_list("slug", flat=True)) == {
        "sample-university",
        "sample-university-2",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [("name_en", ""), ("kind", "casino"), ("credit_code", "123"), ("website", "javascript:x")],
)
def test_wrong_organisation_is_refused_at_its_field_and_keeps_what_was_typed(
    client, field: str, value: str
) -> None:
    client.force_login(make_user())
    typed = {**FORM, "description_en": "A long text.", field: value}
    response = client.post(reverse("accounts:create_organisation"), typed)
    assert response.context["form"].errors
    assert "A long text." in response.content.decode()
    assert not Organisation.objects.exists()


def test_kind_and_state_establishment_do_not_change_by_the_owner(client, organisation) -> None:
    client.force_login(owner_of(organisation))
    edited = {**FORM, "kind": "enterprise", "state_established": "on"}
    client.post(reverse("accounts:edit_organisation", args=[organisation.slug]), edited)
    organisation.refresh_from_db()
    assert organisation.name_en == "Sample University"
    assert (organisation.kind, organisation.state_established) == ("university", False)


@pytest.mark.parametrize(
    ("changed", "stays"),
    [
        ({"name_en": "Famous University"}, False),
        ({"name_zh": "著名大学"}, False),
        ({"credit_code": "91310000MA1K35X30H"}, False),
        ({"description_en": "What we do."}, True),
    ],
)
def test_who_renames_a_verified_organisation_has_it_verified_anew(
    client, changed: dict[str, str], stays: bool
) -> None:
    organisation = make_organisation("Sample University", verified_at=timezone.now())
    client.force_login(owner_of(organisation))
    url = reverse("accounts:edit_organisation", args=[organisation.slug])
    assert client.post(url, FORM | changed).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.verified_at is not None) is stays
    actions = [entry.action for entry in trail.history(organisation)]
    assert ("organisation.doubt" in actions) is not stays
    assert actions[0] == "organisation.edit"


@pytest.mark.parametrize("role", ["member", "approver", "stranger", "anonymous"])
def test_only_owners_edit_and_invite(client, organisation, role: str) -> None:
    if role != "anonymous":
        user = make_user() if role == "stranger" else add_member(organisation, role=role)
        client.force_login(user)
    before = Organisation.objects.values().get()
    for name, data in (
        ("edit_organisation", FORM),
        ("invite", {"email": "a@b.cn", "role": "owner"}),
    ):
        response = client.post(reverse(f"accounts:{name}", args=[organisation.slug]), data)
        assert response.status_code == (302 if role == "anonymous" else 403)
    assert Organisation.objects.values().get() == before
    assert not Invitation.objects.exists()


def test_invited_person_signs_up_and_joins(client, organisation, mailoutbox) -> None:
    client.force_login(owner_of(organisation))
    client.post(
        reverse("accounts:invite", args=[organisation.slug]),
        {"email": "New@Example.org", "role": "approver"},
    )
    (mail,) = mailoutbox
    link = re.search(r"https?://\S+", mail.body).group()
    path = link[link.index("/", 8) :]
    client.logout()
    assert client.get(path).status_code == 302, "sign in first"
    user = verified(make_user("new@example.org"))
    client.login(email=user.email, password=PASSWORD)
    assert organisation.name in client.get(path).content.decode()
    client.post(path)
    assert user.has_perm("organisation:sign", organisation)
    assert not user.has_perm("organisation:edit", organisation)


def test_invitation_is_for_the_invited_address_only(organisation) -> None:
    invitation = invite(organisation)
    impostor = make_user("new@example.org")
    for user in (verified(make_user()), impostor):
        with pytest.raises(PermissionDenied):
            invitations.accept(invitation=invitation, user=user)
    assert organisation.memberships.count() == 1


def test_open_invitations_wait_on_the_desk_of_the_invited(client, organisation) -> None:
    link = reverse("accounts:invitation", args=[invite(organisation, "New@example.org").token])
    desk = reverse("dashboard")
    client.force_login(claiming := make_user("new@example.org"))
    EmailAddress.objects.create(user=claiming, email=claiming.email, verified=False)
    assert link not in client.get(desk).content.decode(), "an address that is not confirmed"
    client.force_login(invited := verified(make_user("other@example.org")))
    EmailAddress.objects.create(user=invited, email="NEW@example.org", verified=True)
    assert link in client.get(desk).content.decode()
    Invitation.objects.update(expires_at=timezone.now())
    assert link not in client.get(desk).content.decode()


def test_invitation_of_another_address_says_what_to_do(client, organisation) -> None:
    link = reverse("accounts:invitation", args=[invite(organisation).token])
    client.force_login(verified(make_user()))
    page = soup(client.get(link)).main
    assert page.form is None
    assert page.find("a", href=reverse("account_email"))
    Invitation.objects.update(revoked_at=timezone.now())
    assert soup(client.get(link)).main.find("a", href=reverse("dashboard"))


@pytest.mark.parametrize("end", ["accepted", "revoked", "expired"])
def test_closed_invitation_lets_nobody_in(organisation, end: str) -> None:
    invitation = invite(organisation)
    field = {"accepted": "accepted_at", "revoked": "revoked_at", "expired": "expires_at"}[end]
    Invitation.objects.update(**{field: timezone.now()})
    with pytest.raises(ValidationError):
        invitations.accept(invitation=invitation, user=verified(make_user("new@example.org")))
    assert organisation.memberships.count() == 1


def test_inviting_again_replaces_the_open_invitation(organisation) -> None:
    first, second = invite(organisation), invite(organisation, "NEW@example.org")
    first.refresh_from_db()
    assert not first.is_open
    assert second.is_open


def test_member_is_not_invited(organisation, mailoutbox) -> None:
    with pytest.raises(ValidationError):
        invite(organisation, owner_of(organisation).email)
    assert not mailoutbox


def test_organisation_keeps_an_owner(organisation) -> None:
    last = organisation.memberships.get()
    for change in (
        lambda: organisations.remove(membership=last, actor=last.user),
        lambda: organisations.change_role(membership=last, role="member", actor=last.user),
    ):
        with pytest.raises(ValidationError):
            change()
    assert organisation.memberships.get().role == "owner"
    add_member(organisation, role=Membership.Role.OWNER)
    organisations.remove(membership=last, actor=last.user)
    assert last.user not in organisation.members.all()


def test_somebody_elses_membership_is_not_found(client, organisation) -> None:
    client.force_login(owner_of(organisation))
    other = make_organisation().memberships.get()
    url = reverse("accounts:change_member", args=[organisation.slug, other.pk])
    assert client.post(url, {"role": "remove"}).status_code == 404
    assert Membership.objects.filter(pk=other.pk).exists()


def test_unknown_role_changes_nothing(client, organisation) -> None:
    client.force_login(owner_of(organisation))
    member = add_member(organisation)
    membership = organisation.memberships.get(user=member)
    url = reverse("accounts:change_member", args=[organisation.slug, membership.pk])
    client.post(url, {"role": "emperor"})
    membership.refresh_from_db()
    assert membership.role == "member"

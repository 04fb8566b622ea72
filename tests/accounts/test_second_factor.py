"""Staff, and whoever moves money, set up a second factor before they go on."""

import time
from importlib import import_module
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cms import setup
from marketplace.accounts import second_factor
from marketplace.accounts.models import Membership, User
from marketplace.accounts.permissions import (
    ADMINISTRATORS,
    FINANCE,
    MODERATORS,
    require,
)
from tests.factories import (
    PASSWORD,
    add_member,
    in_group,
    make_organisation,
    make_user,
    owner_of,
)

pytestmark = pytest.mark.django_db

SET_UP = "/en/accounts/2fa/totp/activate/"
PAYOUTS = "/en/payout-accounts/"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.MFA_REQUIRED = True
    setup.ensure_groups()


def staff(role: str) -> User:
    if role == "superuser":
        return make_user(is_superuser=True)
    return in_group(make_user(), role)


def browser(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def with_second_factor(user: User) -> User:
    TOTP.activate(user, generate_totp_secret())
    return user


ROLES = ["superuser", ADMINISTRATORS, MODERATORS, FINANCE]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", ["/wagtail/", "/en/treasury/", PAYOUTS, "/en/desk/", "/en/needs/"])
def test_staff_without_one_are_led_to_set_it_up(role: str, path: str) -> None:
    client = browser(staff(role))
    for answer in (client.get(path), client.post(path)):
        assert (answer.status_code, answer.url) == (302, SET_UP)


@pytest.mark.parametrize("role", ROLES)
def test_staff_with_one_go_on(role: str) -> None:
    client = browser(with_second_factor(staff(role)))
    assert client.get("/en/desk/").status_code == 200
    assert client.get("/wagtail/").status_code == (302 if role == FINANCE else 200)


def test_recovery_codes_alone_are_no_second_factor() -> None:
    user = staff(ADMINISTRATORS)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert browser(user).get("/wagtail/").url == SET_UP


def test_from_the_password_to_the_editors_site(client: Client) -> None:
    user = staff(MODERATORS)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post("/en/accounts/login/", {"login": user.email, "password": PASSWORD})
    answer = client.get("/wagtail/", headers={"accept-language": "en"}, follow=True)
    assert "Set up two-factor authentication first" in answer.content.decode()
    answer = client.post(answer.request["PATH_INFO"], {"password": PASSWORD, "next": SET_UP})
    page = client.get(SET_UP)
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = f"{hotp_value(secret, int(time.time()) // 30):06d}"
    assert client.post(SET_UP, {"code": code}).url == "/en/accounts/2fa/recovery-codes/"
    assert client.get("/wagtail/").status_code == 200
    client.logout()
    again = client.post("/en/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert again.url == reverse("mfa_authenticate"), "from now on it is asked for"
    assert client.get("/wagtail/").status_code == 302


@pytest.mark.parametrize("name", ["mfa_index", "account_email", "account_logout"])
def test_account_pages_stay_open(name: str) -> None:
    answer = browser(staff(ADMINISTRATORS)).get(reverse(name))
    assert answer.status_code == 200


def test_who_takes_it_away_is_led_back() -> None:
    user = with_second_factor(staff(ADMINISTRATORS))
    client = browser(user)
    assert client.get("/wagtail/").status_code == 200
    Authenticator.objects.filter(user=user).delete()
    assert client.get("/wagtail/").url == SET_UP


def test_other_people_are_not_asked() -> None:
    for user in (make_user(), owner_of(make_organisation())):
        assert browser(user).get("/en/desk/").status_code == 200
    assert Client().get("/en/needs/").status_code == 200


def test_payout_settings_wait_for_one() -> None:
    person = make_user()
    organisation = make_organisation(owner=person)
    of_organisation = f"/en/organisations/{organisation.slug}/payout-accounts/"
    client = browser(person)
    for path in (PAYOUTS, of_organisation):
        assert client.get(path).url == SET_UP
    with_second_factor(person)
    for path in (PAYOUTS, of_organisation):
        assert client.get(path).status_code == 200


def test_the_pages_of_others_stay_not_found() -> None:
    other = make_organisation()
    path = f"/en/organisations/{other.slug}/payout-accounts/"
    assert browser(make_user()).get(path).status_code == 404


@pytest.mark.parametrize("permission", sorted(second_factor.guarded))
def test_a_guarded_permission_is_refused_without_one(permission: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("rules.has_perm", lambda *_args: True)
    user = make_user()
    with pytest.raises(second_factor.SecondFactorMissing):
        require(user, permission, None)
    require(with_second_factor(user), permission, None)


def test_who_may_not_at_all_is_told_so_and_not_to_set_it_up() -> None:
    with pytest.raises(PermissionDenied) as denied:
        require(make_user(), "payout_account:open", make_user())
    assert not isinstance(denied.value, second_factor.SecondFactorMissing)


def test_money_is_guarded() -> None:
    assert {
        "payment:record_receipt",
        "payment:confirm_receipt",
        "payment:record_payout",
        "payment:confirm_payout",
        "payment:refund",
        "payout_account:open",
        "payout_account:close",
    } <= second_factor.guarded


@pytest.mark.parametrize("role", ROLES)
def test_where_it_is_not_required_nobody_is_asked(settings: Any, role: str) -> None:
    settings.MFA_REQUIRED = False
    client = browser(staff(role))
    assert client.get("/en/desk/").status_code == 200
    assert client.get(PAYOUTS).status_code == 200
    assert client.get("/en/treasury/").status_code == (404 if role == MODERATORS else 200)


def test_an_approver_who_keeps_books_is_asked_at_the_treasury() -> None:
    organisation = make_organisation()
    approver = add_member(organisation, role=Membership.Role.APPROVER)
    client = browser(approver)
    assert client.get("/en/desk/").status_code == 200
    assert client.get("/en/treasury/").url == SET_UP
    with_second_factor(approver)
    assert client.get("/en/treasury/").status_code == 200


@pytest.mark.parametrize(("module", "required"), [("base", True), ("dev", False)])
def test_only_development_goes_without(module: str, required: bool) -> None:
    assert import_module(f"marketplace.settings.{module}").MFA_REQUIRED is required

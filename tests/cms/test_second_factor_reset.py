"""An administrator lets somebody in who has lost phone and recovery codes; log and notice say so."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.audit import trail
from marketplace.notifications.models import Notification
from marketplace.outbox import effects
from tests.cms.clients import signed_in
from tests.factories import make_administrator, make_moderator, make_user


@pytest.fixture
def person() -> User:
    person = make_user()
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    return person


def address(person: User) -> str:
    return reverse("reset_second_factor", args=[person.pk])


def kept(person: User) -> int:
    return Authenticator.objects.filter(user=person).count()


def test_it_is_taken_away_logged_and_told(
    administrator_client: Client, person: User, mailoutbox: Any
) -> None:
    listed = administrator_client.get(reverse("wagtailusers_users:index")).content.decode()
    assert address(person) in listed
    assert person.email in administrator_client.get(address(person)).content.decode()
    assert kept(person) == 2, "to look changes nothing"
    assert administrator_client.post(address(person)).status_code == 302
    assert kept(person) == 0
    entry = trail.history(person).get(action="account.reset_second_factor")
    assert entry.user is not None
    assert entry.user != person
    assert "has been reset" in Notification.objects.get(recipient=person).subject
    effects.process_due()
    assert [mail.to for mail in mailoutbox] == [[person.email]]
    listed = administrator_client.get(reverse("wagtailusers_users:index")).content.decode()
    assert address(person) not in listed, "there is nothing left to reset"


def test_nobody_resets_the_own_one(home: Any) -> None:
    administrator = make_administrator()
    TOTP.activate(administrator, generate_totp_secret())
    signed_in(administrator).post(address(administrator))
    assert kept(administrator) == 1


@pytest.mark.parametrize("role", [make_moderator, make_user])
def test_others_do_not(home: Any, person: User, role: Any) -> None:
    signed_in(role()).post(address(person))
    assert kept(person) == 2
    assert not trail.history(person).exists()


def test_only_a_superuser_touches_a_superuser(administrator_client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    administrator_client.post(address(person))
    assert kept(person) == 2
    signed_in(make_user(is_superuser=True)).post(address(person))
    assert kept(person) == 0


def test_who_has_none_resets_no_other(home: Any, person: User, settings: Any) -> None:
    settings.MFA_REQUIRED = True
    answer = signed_in(make_administrator()).post(address(person))
    assert answer.url.endswith("/2fa/totp/activate/")
    assert kept(person) == 2

"""The people of the table, each with a browser."""

import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from marketplace.accounts.models import User
from marketplace.accounts.permissions import FINANCE
from tests import factories
from tests.deals.factories import World, make_broker


def cast(world: World) -> dict[str, Any]:
    """Return who takes part in the deals of `world`, and who does not, by the names of the table.

    `inactive` is an administrator whose account was closed, `former` owned the institution once;
    the `director` has a second factor, which is not asked for here; `stranger` owns the brokerage of
    `other_broker` and is in no other way concerned.
    """
    stranger = factories.make_user()
    agency = factories.make_organisation("Sample agency", kind="brokerage", owner=stranger)
    former = factories.make_user()
    factories.add_member(world.institution, role="owner", user=former)
    former.memberships.get().delete()
    other_broker = make_broker(
        brokerage=agency, brokerage_percent=30, certificate=factories.make_file()
    )
    people = {
        "anonymous": AnonymousUser(),
        "inactive": factories.make_administrator(is_active=False),
        "former": former,
        "stranger": stranger,
        "researcher": world.researcher,
        "approver": world.bursar,
        "director": world.dean,
        "engineer": world.engineer,
        "buyer": world.buyer,
        "broker": world.broker,
        "other_broker": other_broker,
        "finance": factories.in_group(factories.make_user(), FINANCE),
        "moderator": factories.make_moderator(),
        "administrator": factories.make_administrator(),
    }
    for name, person in people.items():
        if isinstance(person, User):
            User.objects.filter(pk=person.pk).update(first_name="Sample", last_name=name)
            EmailAddress.objects.create(
                user=person, email=person.email, verified=True, primary=True
            )
    TOTP.activate(world.dean, generate_totp_secret())
    RecoveryCodes.activate(world.dean)
    return people


def browser(person: Any) -> Client:
    """Return a browser that reads English, in which `person` has just proved to be it."""
    client = Client(headers={"accept-language": "en"}, raise_request_exception=True)
    if isinstance(person, User):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [proof]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
        session.save()
    return client

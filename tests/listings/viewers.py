"""Every kind of reader, and every state in which a listing can be."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from marketplace.accounts.models import Membership, Organisation
from marketplace.listings import lifecycle
from marketplace.listings.models import DisclosureGrant
from tests import factories

HOUR = timedelta(hours=1)
GRANTS: dict[str, Callable[[], dict[str, Any]]] = {
    "granted": dict,
    "granted until later": lambda: {"valid_until": timezone.now() + HOUR},
    "granted until earlier": lambda: {"valid_until": timezone.now() - HOUR},
    "granted from later": lambda: {"valid_from": timezone.now() + HOUR},
    "revoked": lambda: {"revoked_at": timezone.now() - HOUR},
}


def readers(own: Organisation, listings: list[Any]) -> dict[str, Any]:
    """Return a reader of each kind, by what is particular about it.

    The grants are for the first half of `listings` only.
    """
    people: dict[str, Any] = {
        "anonymous": AnonymousUser(),
        "signed in": factories.make_user(),
        "other organisation": factories.owner_of(factories.make_organisation()),
        "moderator": factories.make_moderator(),
        "administrator": factories.make_administrator(),
        "superuser": factories.make_user(is_superuser=True),
        "disabled administrator": factories.make_administrator(is_active=False),
        **{f"own {role}": factories.add_member(own, role=role) for role in Membership.Role.values},
    }
    for name, period in GRANTS.items():
        partner = factories.make_organisation()
        for listing in listings[: len(listings) // 2]:
            grant(listing, partner, **period())
        people[name] = factories.owner_of(partner)
    return people


def grant(listing: Any, organisation: Organisation, **fields: Any) -> DisclosureGrant:
    fields = {"valid_from": timezone.now() - 2 * HOUR, "reason": "a test", **fields}
    return DisclosureGrant.objects.create(listing=listing, organisation=organisation, **fields)


def in_every_state(make: Callable[..., Any], **fields: Any) -> dict[str, Any]:
    """Return a listing in each state, by its name in `lifecycle.Status`."""
    states = {
        "draft": make(**fields),
        "in_review": _submitted(make(**fields)),
        "returned": _returned(_submitted(make(**fields))),
        "live": make(**fields, live=True),
        "live_draft": _edited(make(**fields, live=True)),
        "live_in_review": _submitted(_edited(make(**fields, live=True))),
        "live_returned": _returned(_submitted(_edited(make(**fields, live=True)))),
        "withdrawn": _withdrawn(make(**fields, live=True)),
        "expired": _expired(make(**fields, live=True)),
    }
    return {name: type(row).objects.get(pk=row.pk) for name, row in states.items()}


def _submitted(listing: Any) -> Any:
    lifecycle.submit(listing, author=listing.author)
    return listing


def _returned(listing: Any) -> Any:
    factories.return_with(listing, "Please say more.")
    return listing


def _edited(listing: Any) -> Any:
    draft = lifecycle.working_copy(listing)
    draft.keywords_en = "changed"
    lifecycle.save_draft(draft, author=listing.author)
    return type(listing).objects.get(pk=listing.pk)


def _withdrawn(listing: Any) -> Any:
    lifecycle.withdraw(listing, author=listing.author)
    return listing


def _expired(listing: Any) -> Any:
    type(listing).objects.filter(pk=listing.pk).update(expires_on=timezone.localdate())
    lifecycle.expire(listing)
    return listing

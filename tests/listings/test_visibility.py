"""The one rule of who may read what: the predicate and the queryset say the same of everything."""

from typing import Any

import pytest

from marketplace.listings import lifecycle, visibility
from marketplace.listings.models import TechnologyNeed
from marketplace.listings.tiers import Tier
from tests import factories
from tests.listings.viewers import grant, in_every_state, readers

pytestmark = pytest.mark.django_db

NOTHING = None
LIVE = ("live", "live_draft", "live_in_review", "live_returned")
OF_LIVE = {
    "anonymous": Tier.PUBLIC,
    "signed in": Tier.MEMBERS,
    "other organisation": Tier.MEMBERS,
    "moderator": Tier.MEMBERS,
    "administrator": Tier.PRIVATE,
    "superuser": Tier.PRIVATE,
    "disabled administrator": Tier.MEMBERS,
    "own member": Tier.PRIVATE,
    "own approver": Tier.PRIVATE,
    "own owner": Tier.PRIVATE,
    "granted": Tier.NDA,
    "granted until later": Tier.NDA,
    "granted until earlier": Tier.MEMBERS,
    "granted from later": Tier.MEMBERS,
    "revoked": Tier.MEMBERS,
}


@pytest.mark.parametrize("make", [factories.make_result, factories.make_need])
def test_predicate_and_queryset_agree_with_the_table(workflow: Any, make: Any) -> None:
    own = factories.make_organisation()
    granted, others = (in_every_state(make, organisation=own) for _ in range(2))
    listings = [*granted.values(), *others.values()]
    model = type(listings[0])
    for name, reader in readers(own, listings).items():
        expected = {
            listing.pk: _expected(name, state, is_granted=states is granted)
            for states in (granted, others)
            for state, listing in states.items()
        }
        assert {row.pk: visibility.access(reader, row) for row in listings} == expected, name
        by_queryset = visibility.with_access(model.objects.all(), reader)
        assert dict(by_queryset.values_list("pk", "access")) == expected, name
        seen = {pk for pk, tier in expected.items() if tier is not None}
        assert {row.pk for row in visibility.visible_to(model.objects.all(), reader)} == seen, name
        live = {row.pk for row in listings if row.live}
        assert {row.pk for row in visibility.live_for(model.objects.all(), reader)} == live, name


def _expected(reader: str, state: str, *, is_granted: bool) -> Tier | None:
    of_live = OF_LIVE[reader]
    if of_live == Tier.PRIVATE:
        return Tier.PRIVATE
    if state not in LIVE:
        return NOTHING
    return Tier.MEMBERS if of_live == Tier.NDA and not is_granted else of_live


def test_the_states_are_what_their_names_say(workflow: Any) -> None:
    states = in_every_state(factories.make_result)
    assert {name: str(lifecycle.status(row)) for name, row in states.items()} == {
        name: name for name in lifecycle.Status.values
    }


def test_a_grant_is_for_one_listing_of_one_kind() -> None:
    partner, need = factories.make_organisation(), factories.make_need(live=True)
    of_results = grant(factories.make_result(live=True), partner)
    of_results.object_id = need.pk
    of_results.save()
    reader = factories.owner_of(partner)
    assert visibility.access(reader, need) == Tier.MEMBERS
    [row] = visibility.with_access(TechnologyNeed.objects.filter(pk=need.pk), reader)
    assert row.access == Tier.MEMBERS


def test_the_organisation_of_an_anonymous_need_is_known_from_the_nda_tier_on() -> None:
    named, unnamed = factories.make_need(live=True), factories.make_need(anonymous=True, live=True)
    tiers = [None, *Tier]
    assert [visibility.may_see_organisation(named, tier) for tier in tiers] == [
        False, True, True, True, True,
    ]  # fmt: skip
    assert [visibility.may_see_organisation(unnamed, tier) for tier in tiers] == [
        False, False, False, True, True,
    ]  # fmt: skip

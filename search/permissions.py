"""Who may do what with matches, watches and the engine. What they show is `visibility.py`'s matter."""

from typing import Any

import rules

from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import is_member, roles_of
from marketplace.listings.models import Listing, ResearchResult, TechnologyNeed
from search.models import MatchDecision

Pair = tuple[TechnologyNeed, ResearchResult]


def side_of(user: Any, pair: Pair) -> Organisation | None:
    """Return the organisation for which `user` decides about the match of `pair`, or None.

    It is the need's for a member of both.
    """
    held = roles_of(user)
    for listing in pair:
        if listing.organisation_id in held:
            return listing.organisation
    return None


@rules.predicate
def acts_for_a_side(user: Any, pair: Pair) -> bool:
    return side_of(user, pair) is not None


@rules.predicate
def has_decided(user: Any, decision: MatchDecision) -> bool:
    return bool(user.is_authenticated and decision.decided_by_id == user.pk)


@rules.predicate
def sets_weights(user: Any) -> bool:
    return user.has_perm("search.add_weighting")


@rules.predicate
def is_of_own_organisation(user: Any, listing: Listing) -> bool:
    return is_member(user, listing.organisation)


rules.add_perm("match:decide", acts_for_a_side)
rules.add_perm("decision:take_back", has_decided)
rules.add_perm("listing:watch", is_of_own_organisation)
rules.add_perm("weights:set", sets_weights)

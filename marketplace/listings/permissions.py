"""Who may do what with listings. Reading is `visibility.py`'s matter."""

from typing import Any

import rules

from marketplace.accounts.permissions import is_administrator, is_member, is_moderator
from marketplace.listings.models import Listing


@rules.predicate
def is_of_own_organisation(user: Any, listing: Listing) -> bool:
    return is_member(user, listing.organisation)


is_steward = is_of_own_organisation | is_administrator

rules.add_perm("listing:create", is_member)
rules.add_perm("listing:edit", is_steward)
rules.add_perm("listing:submit", is_steward)
rules.add_perm("listing:discard", is_steward)
rules.add_perm("listing:preview", is_steward | is_moderator)
rules.add_perm("listing:withdraw", is_of_own_organisation | is_moderator)
rules.add_perm("listing:confirm", is_of_own_organisation)
rules.add_perm("listing:publish", is_moderator)

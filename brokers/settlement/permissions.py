"""Who keeps an institution's policies, and who reads them."""

from typing import Any

import rules

from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import is_finance, is_member, is_owner

Kind = Organisation.Kind


@rules.predicate
def has_policies(_user: Any, organisation: Organisation) -> bool:
    """Whether `organisation` is one whose people make results."""
    return organisation.kind in {Kind.UNIVERSITY, Kind.INSTITUTE}


# Targets: an organisation.
rules.add_perm("policy:add", has_policies & is_owner)
rules.add_perm("policy:read", has_policies & (is_member | is_finance))

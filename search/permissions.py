"""Who may do what with the engine."""

from typing import Any

import rules


@rules.predicate
def sets_weights(user: Any) -> bool:
    return user.has_perm("search.add_weighting")


rules.add_perm("weights:set", sets_weights)

"""Splitting an amount by weights, in integers, without losing or making a minor unit.

Invariant: the parts sum to the total, each is within one unit of its exact value and never
negative, and a weight of zero gets zero.
"""

from collections.abc import Mapping


def split(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Split `total` (minor units, ≥ 0) by `weights` (whole numbers ≥ 0), by largest remainder.

    Equal remainders are served in the order of their keys, which must therefore be stable. Keys
    come back in the order given. Raises `ValueError` for a negative total or weight and for
    weights that are all zero while there is something to split.
    """
    whole = sum(weights.values())
    if total < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("a total and its weights are not negative")
    if not whole:
        if total:
            raise ValueError("nothing to split by")
        return dict.fromkeys(weights, 0)
    parts = {key: total * weight // whole for key, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda key: (-(total * weights[key] % whole), key))
    for key in by_remainder[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def split_with_minimum(
    total: int, weights: Mapping[str, int], *, protected: frozenset[str], minimum: int
) -> dict[str, int]:
    """Split as `split` does, but give the `protected` keys together at least `minimum`.

    Rounding could leave them a unit short of a legal floor; what they lack comes from the others,
    split anew. `minimum` beyond `total` means all of it; keys of weight zero still get zero.
    """
    parts = split(total, weights)
    minimum = min(minimum, total)
    inside = {key: weights[key] for key in weights if key in protected}
    if sum(parts[key] for key in protected) >= minimum or not any(inside.values()):
        return parts
    outside = {key: weights[key] for key in weights if key not in protected}
    parts = split(minimum, inside) | split(total - minimum, outside)
    return {key: parts[key] for key in weights}


def portion(amount: int, basis_points: int) -> int:
    """Return `basis_points` of `amount` (minor units, ≥ 0), rounded half up."""
    return (amount * basis_points + 5_000) // 10_000

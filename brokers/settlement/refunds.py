"""What a refund takes back from each line of a settled payment.

Invariant: what was taken back never exceeds what was allocated, sums to what was refunded, and a
full refund takes everything back, whatever the partial refunds before it were.
"""

from collections.abc import Mapping


def take_back(
    refund: int, *, allocated: Mapping[str, int], taken: Mapping[str, int]
) -> dict[str, int]:
    """Return what `refund` (minor units) takes from each line, by key.

    `allocated` is the original split of the whole payment, `taken` what earlier refunds took. Each
    line owes its exact proportion of all refunds so far, less what it has given: whole units
    first, then single units where the largest part is missing, ties by key. (The difference of two
    largest-remainder splits will not do: weights 6/6/2 give 1/1/1 of 3 but 2/2/0 of 4.) Raises
    `ValueError` when there is not so much left.
    """
    whole = sum(allocated.values())
    refunded = sum(taken.values()) + refund
    if refund < 0 or refunded > whole:
        raise ValueError("a refund takes at most what is left")
    if not whole:
        return dict.fromkeys(allocated, 0)
    before = {key: taken.get(key, 0) for key in allocated}
    after = {key: max(before[key], amount * refunded // whole) for key, amount in allocated.items()}
    _settle_difference(after, before, refunded, allocated)
    return {key: after[key] - before[key] for key in allocated}


def _settle_difference(
    after: dict[str, int],
    before: Mapping[str, int],
    refunded: int,
    allocated: Mapping[str, int],
) -> None:
    """Move single units until `after` sums to `refunded`: to whom most is missing, or back."""
    whole = sum(allocated.values())
    while difference := refunded - sum(after.values()):
        step = 1 if difference > 0 else -1
        missing = {
            key: step * (amount * refunded - after[key] * whole)
            for key, amount in allocated.items()
            if before[key] <= after[key] + step <= amount
        }
        ranked = sorted(missing, key=lambda key: (-missing[key], key))
        for key in ranked[: abs(difference)]:
            after[key] += step

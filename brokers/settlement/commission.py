"""A scale: marginal tiers with a minimum, a cap and a ceiling, over the deal's cumulative net.

Invariant: what is due depends on the cumulative net alone, so splitting a milestone cannot change
the total; it grows with the net, never faster than it, and is never above it.
"""

from dataclasses import dataclass

WHOLE = 10_000
"""All of it, in basis points."""


@dataclass(frozen=True, slots=True)
class Tier:
    """`basis_points` of the part of cumulative net from `start` to `end` (minor units).

    The last tier of a scale has no `end`.
    """

    start: int
    end: int | None
    basis_points: int

    def covered(self, net: int) -> int:
        """Return how much of `net` (minor units) lies in this tier."""
        return max(0, (net if self.end is None else min(net, self.end)) - self.start)


@dataclass(frozen=True, slots=True)
class Scale:
    """Marginal tiers, then at least `minimum` and at most `cap`, in minor units of the deal.

    `ceiling` (basis points of cumulative net) bounds what the minimum may take of a small net.
    """

    tiers: tuple[Tier, ...]
    minimum: int = 0
    cap: int | None = None
    ceiling: int = WHOLE

    @property
    def steepest(self) -> int:
        """The largest part of any next payment that this scale can take, in basis points."""
        rates = [tier.basis_points for tier in self.tiers]
        return max([*rates, self.ceiling]) if self.minimum else max(rates)

    @property
    def flattest(self) -> int:
        """The smallest part of any next payment that this scale surely takes, in basis points."""
        rates = [tier.basis_points for tier in self.tiers]
        return 0 if self.cap is not None else min([*rates, self.ceiling])


def entitlement(scale: Scale, cumulative_net: int) -> int:
    """Return what `scale` gives of `cumulative_net` in all, in minor units, rounded down."""
    exact = sum(tier.covered(cumulative_net) * tier.basis_points for tier in scale.tiers)
    wanted = max(scale.minimum, exact // WHOLE)
    if scale.cap is not None:
        wanted = min(wanted, scale.cap)
    return min(wanted, cumulative_net * scale.ceiling // WHOLE)

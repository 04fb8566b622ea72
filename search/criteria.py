"""How well one result meets one need, criterion by criterion. Pure.

Each criterion looks at this pair alone and gives a share in [0, 1], or None where a fact is not
stated. A better fact never gives a smaller share, and a favourable one never less than the prior
that it replaces.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.amounts import with_currency
from marketplace.listings.models.publishing import FRESH_FOR
from marketplace.money import Money
from marketplace.taxonomy.codes import INDUSTRY, REGION, CodeScheme
from search.functions import Function

TEXT_SCALE = 0.3
"""The text score at which the share has come to about two thirds."""
INDUSTRY_SHARES = (0.0, 0.4, 0.7, 0.9, 1.0)
"""By how many levels of GB/T 4754 the two share: none, section, division, group, class."""
REGION_SHARES = (0.0, 0.6, 0.9, 1.0)
"""By how many levels of GB/T 2260 the two share: none, province, city, county."""
MISSING_LEVELS = 4
"""Levels of readiness below what is asked at which nothing is left of the share."""
STALE_AFTER = 365
"""Days without confirmation by its owner after which a listing is not fresh at all."""
LEAST_FAVOURABLE: Mapping[str, float] = {
    "text": 0.0,
    "industry": INDUSTRY_SHARES[1],
    "function": 1.0,
    "maturity": 1.0,
    "cooperation": 1.0,
    "price": 1.0,
    "region": REGION_SHARES[1],
    "freshness": 1 - FRESH_FOR.days / STALE_AFTER,
}
"""The share that a fact gives which just about speaks for the pair: one word in common, the same
section or province, what is asked for reached, confirmed as long ago as the site allows. A prior above
it would punish who states such a fact. The first function met is worth more than any prior, see
`function`.
"""


class Coded(Protocol):
    """A node of a reference tree: a code, and a name in the reader's language."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The public facts of a listing; None and empty where nothing is stated.

    `trl` is what a result has reached or a need asks at least. `lowest` and `highest` are the ends
    of a price expectation or of a budget. `confirmed_days` counts the days since the owner
    confirmed it.
    """

    industry: Coded | None = None
    region: Coded | None = None
    functions: frozenset[Function] = frozenset()
    trl: int | None = None
    modes: frozenset[str] = frozenset()
    lowest: Money | None = None
    highest: Money | None = None
    confirmed_days: int | None = None


class Judgement(NamedTuple):
    """`share` in [0, 1], None where a fact is missing; `detail` says why, in the reader's language."""

    share: float | None
    detail: Callable[[], str] = str


NOT_STATED = Judgement(None)


def text(score: float | None, words: Callable[[], str] = str) -> Judgement:
    """Judge the share of the need's text that the result's text holds, as a query scores it in [0,
    1].

    Real matches score between 0.2 and 0.4, because no text says every word of another one again and
    again; the curve stretches that range and stays strictly monotone.
    """
    if score is None:
        return NOT_STATED
    return Judgement(math.expm1(-score / TEXT_SCALE) / math.expm1(-1 / TEXT_SCALE), words)


def meaning(cosine: float | None) -> Judgement:
    """Judge the cosine between the vectors of both texts; what points away counts as nothing."""
    if cosine is None:
        return NOT_STATED
    share = min(max(cosine, 0.0), 1.0)
    return Judgement(share, lambda: _("%(percent)d %% alike") % {"percent": round(100 * share)})


def industry(need: Facts, result: Facts) -> Judgement:
    return _in_tree(need.industry, result.industry, INDUSTRY, INDUSTRY_SHARES)


def region(need: Facts, result: Facts) -> Judgement:
    return _in_tree(need.region, result.region, REGION, REGION_SHARES)


def _in_tree(
    asked: Coded | None, offered: Coded | None, scheme: CodeScheme, shares: tuple[float, ...]
) -> Judgement:
    if asked is None or offered is None:
        return NOT_STATED
    common = scheme.common(asked.code, offered.code)
    share = shares[scheme.level(common) if common else 0]
    if asked.code == offered.code:
        return Judgement(share, lambda: asked.name)
    return Judgement(share, lambda: f"{offered.name} ↔ {asked.name}")


def function(need: Facts, result: Facts, *, prior: float) -> Judgement:
    """Judge which of the functions asked for the result has; the first one found beats the `prior`."""
    if not need.functions or not result.functions:
        return NOT_STATED
    met = need.functions & result.functions
    if not met:
        return Judgement(0.0, lambda: _("does something else than what is asked"))
    share = prior + (1 - prior) * len(met) / len(need.functions)
    return Judgement(share, lambda: " · ".join(str(f.label) for f in sorted(met)))


def maturity(need: Facts, result: Facts) -> Judgement:
    reached, required = result.trl, need.trl
    if reached is None or required is None:
        return NOT_STATED
    values = {"reached": reached, "required": required}
    if reached >= required:
        return Judgement(1.0, lambda: _("TRL %(reached)d ≥ required %(required)d") % values)
    share = max(1 - (required - reached) / MISSING_LEVELS, 0.0)
    return Judgement(share, lambda: _("TRL %(reached)d < required %(required)d") % values)


def cooperation(need: Facts, result: Facts, label: Callable[[str], str]) -> Judgement:
    """Judge whether both accept one way of working together; `label` names it to the reader."""
    if not need.modes or not result.modes:
        return NOT_STATED
    both = sorted(need.modes & result.modes)
    if not both:
        return Judgement(0.0, lambda: _("no way of working together that both accept"))
    return Judgement(1.0, lambda: " · ".join(map(label, both)))


def price(need: Facts, result: Facts) -> Judgement:
    """Judge the least that is asked against the most that can be paid, in one currency."""
    asked = result.highest if result.lowest is None else result.lowest
    available = need.lowest if need.highest is None else need.highest
    if asked is None or available is None:
        return NOT_STATED
    if asked.currency != available.currency:
        return Judgement(None, lambda: _("the currencies differ"))
    values = (asked, available)
    if asked.amount <= available.amount:
        return Judgement(1.0, lambda: _("%(price)s ≤ budget %(budget)s") % _amounts(*values))
    share = available.amount / asked.amount
    return Judgement(share, lambda: _("%(price)s > budget %(budget)s") % _amounts(*values))


def _amounts(price: Money, budget: Money) -> dict[str, str]:
    return {
        "price": with_currency(price, short=True),
        "budget": with_currency(budget, short=True),
    }


def freshness(need: Facts, result: Facts, *, prior: float) -> Judgement:
    """Judge how long ago the owner of the older one confirmed it; where only one is confirmed, the
    other counts as the `prior`.
    """
    stated = [f.confirmed_days for f in (need, result) if f.confirmed_days is not None]
    if not stated:
        return NOT_STATED
    days = max(*stated, 0)
    share = max(1 - days / STALE_AFTER, 0.0)
    if len(stated) == 1 and share >= prior:
        return NOT_STATED
    return Judgement(share, lambda: _confirmed(days))


def _confirmed(days: int) -> str:
    if days == 0:
        return _("confirmed today")
    words = ngettext("confirmed within %(days)d day", "confirmed within %(days)d days", days)
    return words % {"days": days}

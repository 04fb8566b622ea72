"""Geometry of the pictures that pages draw: waterfall, contribution bars, columns. Pure: numbers in,
numbers out.

Invariants: every bar lies within [0, `SCALE`]; a bar ends where the next one begins; the points shown
for the contributions of a score sum to the score shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from django.utils.functional import Promise

from marketplace.money import Money

SCALE = 1000
StepKind = Literal["total", "deduction", "subtotal", "share", "part"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row of a waterfall; amounts are never negative, the kind says which way the bar goes.

    `total` starts the picture, `deduction` takes from what runs, `subtotal` states what is left,
    `share` hands out part of it, `part` divides the share above it among several.
    """

    label: str | Promise
    amount: Money
    kind: StepKind
    note: str | Promise = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class WaterfallRow:
    """A step with its place: `x` and `width` in [0, SCALE], and where it hangs from and hands on to."""

    step: Step
    x: int
    width: int
    hangs_at: int | None
    hands_at: int | None
    percent: Decimal | None

    @property
    def is_negative(self) -> bool:
        """Say whether the amount is taken away, and so shown with a minus sign."""
        return self.step.kind == "deduction"


@dataclass(frozen=True)
class Day:
    """What was counted on one day."""

    day: date
    count: int


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One criterion's part of a score: `points` of at most `maximum`, both on the scale 0 to 100."""

    label: str | Promise
    points: float
    maximum: float
    detail: str | Promise = ""
    is_stated: bool = True


@dataclass(frozen=True, kw_only=True)
class ContributionRow:
    """A contribution as drawn: bar and track in [0, SCALE], points and maximum rounded to tenths."""

    contribution: Contribution
    width: int
    track: int
    points: Decimal
    maximum: Decimal


def waterfall_rows(*, steps: Sequence[Step]) -> list[WaterfallRow]:
    """Place the bars of `steps`.

    Percentages are of the first total for deductions and subtotals, of the last total or subtotal
    for shares, of the share above for its parts. Raises ValueError for steps in two currencies.
    """
    if len({step.amount.currency for step in steps}) > 1:
        raise ValueError("A waterfall is of one currency.")
    spans = _spans(steps=steps)
    low = min((min(span) for span in spans), default=0)
    reach = max((max(span) for span in spans), default=0) - low or 1

    def place(value: int) -> int:
        return round(Fraction(value - low, reach) * SCALE)

    links = _links(steps=steps, spans=spans)
    return [
        WaterfallRow(
            step=step,
            x=place(min(span)),
            width=place(max(span)) - place(min(span)),
            hangs_at=None if link is None else place(link),
            hands_at=None if following is None else place(following),
            percent=percent,
        )
        for step, span, percent, link, following in zip(
            steps, spans, _percentages(steps=steps), links, [*links, None][1:], strict=True
        )
    ]


def _links(*, steps: Sequence[Step], spans: Sequence[tuple[int, int]]) -> list[int | None]:
    """Return at which amount each row hangs from the row above; a share's parts let the line pass by."""
    links: list[int | None] = []
    running: int | None = None
    for step, (_start, end) in zip(steps, spans, strict=True):
        links.append(running if step.kind != "total" else None)
        if step.kind != "part":
            running = end
    while links and steps[len(links) - 1].kind == "part":
        links.pop()
    return links + [None] * (len(steps) - len(links))


def _spans(*, steps: Sequence[Step]) -> list[tuple[int, int]]:
    """Return where each bar starts and ends, in minor units; totals start at zero."""
    spans: list[tuple[int, int]] = []
    running = part_from = 0
    for step in steps:
        amount = step.amount.amount
        if step.kind in ("total", "subtotal"):
            spans.append((0, amount))
            running = amount
        elif step.kind == "part":
            spans.append((part_from, part_from - amount))
            part_from -= amount
        else:
            spans.append((running, running - amount))
            part_from = running
            running -= amount
    return spans


def _percentages(*, steps: Sequence[Step]) -> list[Decimal | None]:
    whole = pot = share = 0
    percentages = []
    for step in steps:
        amount = step.amount.amount
        if step.kind == "total":
            whole = whole or amount
        if step.kind in ("total", "subtotal"):
            pot = amount
        if step.kind == "share":
            share = amount
        base = {"share": pot, "part": share}.get(step.kind, whole)
        percentages.append(_tenths(Fraction(amount * 100, base)) if base else None)
    return percentages


def contribution_rows(*, contributions: Iterable[Contribution]) -> list[ContributionRow]:
    """Draw `contributions`: tracks relative to the heaviest criterion, points in tenths.

    The tenths are handed out by largest remainder, so that they sum to `shown_score`.
    """
    items = list(contributions)
    widest = max((item.maximum for item in items), default=0) or 1
    tenths = _sum_preserving_tenths(values=[item.points for item in items])
    return [
        ContributionRow(
            contribution=item,
            width=round(min(item.points, item.maximum) / widest * SCALE),
            track=round(item.maximum / widest * SCALE),
            points=points,
            maximum=_nearest(item.maximum),
        )
        for item, points in zip(items, tenths, strict=True)
    ]


def shown_score(*, contributions: Iterable[Contribution]) -> Decimal:
    """Return the score, 0 to 100, that `contributions` sum to, in tenths as it is shown."""
    return sum(
        _sum_preserving_tenths(values=[item.points for item in contributions]), Decimal("0.0")
    )


def column_heights(*, values: Sequence[int]) -> list[int]:
    """Return the height in [0, SCALE] of a column for each of `values`, the highest being SCALE."""
    highest = max(values, default=0) or 1
    return [round(Fraction(value * SCALE, highest)) for value in values]


def _sum_preserving_tenths(*, values: Sequence[float]) -> list[Decimal]:
    ratios = [value.as_integer_ratio() for value in values]
    whole = max((below for _above, below in ratios), default=1)  # of powers of two
    exact = [10 * above * (whole // below) for above, below in ratios]
    floors = [value // whole for value in exact]
    missing = (2 * sum(exact) + whole) // (2 * whole) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda i: (-(exact[i] % whole), i))
    for index in by_remainder[:missing]:
        floors[index] += 1
    return [Decimal(value).scaleb(-1) for value in floors]


def _nearest(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _tenths(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)

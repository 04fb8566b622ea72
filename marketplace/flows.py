"""Geometry of a map of flows between two columns of nodes, a Sankey diagram: numbers in, numbers out.

Invariants: a node is as high as its flows together, which leave it side by side without a gap; nothing
lies outside [0, `height`].
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST, HIGH, GAP = 8, 320, 22
"""Height of the thinnest flow, of the whole column as far as that allows, and between two nodes."""
LEFT, RIGHT, WIDE = 300, 700, 10
"""Where the left nodes end and the right ones begin, and how wide nodes are; the map is 1000 wide."""


@dataclass(frozen=True)
class Node:
    """One end of flows: `x` and `y` of its corner, its height, and how much flows there."""

    key: str
    x: int
    y: int
    height: int
    total: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True)
class FlowMap:
    """The nodes of both sides, and the outlines of the flows between them as SVG path data."""

    height: int
    sources: list[Node]
    targets: list[Node]
    paths: list[str]


def flow_map(flows: Mapping[tuple[str, str], int]) -> FlowMap:
    """Place `flows`, positive amounts by source and target; nodes stand in the order of their keys."""
    ordered = sorted(flows.items())
    unit = max(LEAST, HIGH // max(sum(flows.values()), 1))
    sources = _totals((source, amount) for (source, _target), amount in ordered)
    targets = _totals((target, amount) for (_source, target), amount in ordered)
    height = max(_height(side, unit) for side in (sources, targets))
    left = _place(sources, unit, LEFT - WIDE, height)
    right = _place(targets, unit, RIGHT, height)
    out = {node.key: node.y for node in left}
    into = {node.key: node.y for node in right}
    paths = []
    for (source, target), amount in ordered:
        thickness = amount * unit
        paths.append(_path(out[source], into[target], thickness))
        out[source] += thickness
        into[target] += thickness
    return FlowMap(height, left, right, paths)


def _totals(ends: Iterable[tuple[str, int]]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for key, amount in ends:
        totals[key] += amount
    return totals


def _height(totals: Counter[str], unit: int) -> int:
    return totals.total() * unit + GAP * max(len(totals) - 1, 0)


def _place(totals: Counter[str], unit: int, x: int, height: int) -> list[Node]:
    y = (height - _height(totals, unit)) // 2
    nodes = []
    for key in sorted(totals):
        nodes.append(Node(key, x, y, totals[key] * unit, totals[key]))
        y += totals[key] * unit + GAP
    return nodes


def _path(start: int, end: int, thickness: int) -> str:
    middle = (LEFT + RIGHT) // 2
    return (
        f"M{LEFT} {start}C{middle} {start} {middle} {end} {RIGHT} {end}v{thickness}"
        f"C{middle} {end + thickness} {middle} {start + thickness} {LEFT} {start + thickness}z"
    )

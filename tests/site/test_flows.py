"""The map of flows: nodes are as high as their flows, which lie side by side within the picture."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.flows import GAP, flow_map

KEYS = st.sampled_from("ABCDEFG")
FLOWS = st.dictionaries(st.tuples(KEYS, KEYS), st.integers(1, 50), min_size=1)
OUTLINE = re.compile(r"M\d+ (\d+)C\d+ \d+ \d+ \d+ \d+ (\d+)v(\d+)C")


@given(FLOWS)
def test_flows_fill_their_nodes_without_a_gap(flows: dict[tuple[str, str], int]) -> None:
    drawn = flow_map(flows)
    outlines = [tuple(map(int, OUTLINE.match(path).groups())) for path in drawn.paths]
    unit = outlines[0][2] // sorted(flows.items())[0][1]
    for end, nodes in ((0, drawn.sources), (1, drawn.targets)):
        for node in nodes:
            own = sorted(
                (outline[end], outline[2])
                for (pair, _amount), outline in zip(sorted(flows.items()), outlines, strict=True)
                if pair[end] == node.key
            )
            assert own[0][0] == node.y
            assert all(y + height == below for (y, height), (below, _) in pairwise(own))
            assert sum(own[-1]) == node.y + node.height
            assert node.height == node.total * unit


@given(FLOWS)
def test_nothing_lies_outside_and_no_two_nodes_touch(flows: dict[tuple[str, str], int]) -> None:
    drawn = flow_map(flows)
    for nodes in (drawn.sources, drawn.targets):
        assert min(node.y for node in nodes) >= 0
        assert max(node.y + node.height for node in nodes) <= drawn.height
        assert all(two.y - one.y - one.height == GAP for one, two in pairwise(nodes))

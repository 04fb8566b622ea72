import pytest

from marketplace.taxonomy.codes import INDUSTRY, IPC, REGION, short_region_code


@pytest.mark.parametrize(
    ("code", "ancestors"),
    [("C", ()), ("C35", ("C",)), ("C351", ("C", "C35")), ("C3511", ("C", "C35", "C351"))],
)
def test_ancestors_of_an_industry_are_its_prefixes(code, ancestors):
    assert INDUSTRY.ancestors(code) == ancestors
    assert INDUSTRY.path(code) == (*ancestors, code)
    assert INDUSTRY.level(code) == len(ancestors) + 1
    assert INDUSTRY.parent(code) == (ancestors[-1] if ancestors else None)


def test_regions_and_patent_classes_have_their_own_lengths():
    assert REGION.ancestors("330106") == ("33", "3301")
    assert IPC.parent("A01") == "A"


@pytest.mark.parametrize("code", ["", "C3", "C35111"])
def test_a_code_of_no_level_is_refused(code):
    with pytest.raises(ValueError, match="fits none of the code lengths"):
        INDUSTRY.level(code)


@pytest.mark.parametrize(
    ("first", "second", "common", "distance"),
    [
        ("C3511", "C3511", "C3511", 0),
        ("C35", "C351", "C35", 1),
        ("C3511", "C3512", "C351", 2),
        ("C35", "C34", "C", 2),
        ("C3511", "C34", "C", 4),
        ("A", "C", None, 2),
        ("A0111", "C3511", None, 8),
    ],
)
def test_distance_counts_the_steps_through_the_common_ancestor(first, second, common, distance):
    assert INDUSTRY.common(first, second) == INDUSTRY.common(second, first) == common
    assert INDUSTRY.distance(first, second) == INDUSTRY.distance(second, first) == distance


@pytest.mark.parametrize(
    ("official", "short"),
    [("330000", "33"), ("330100", "3301"), ("330106", "330106"), ("100000", "10"), ("33", "33")],
)
def test_region_codes_lose_their_padding_only(official, short):
    assert short_region_code(official) == short

"""Which facts narrow a search, which values of them are counted, and by what hits are sorted. Pure.

A tree is counted where a reader stands in it: the path to the chosen code and what lies directly
below, so an answer stays small however many codes there are.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from marketplace.taxonomy.codes import INDUSTRY, REGION, CodeScheme

FACETS = ("kind", "industry", "region", "mode", "organisation_kind", "ip", "trl")
TREES: Mapping[str, CodeScheme] = {"industry": INDUSTRY, "region": REGION}

Sort = Literal["newest", "readiness", "deadline"]
"""The latest published first; the highest level of readiness; the next deadline."""
SORTS: tuple[Sort, ...] = get_args(Sort)

_LAST_DAY = 9_999_999


def counted(facet: str, chosen: Iterable[str] = ()) -> str | None:
    """Return the regular expression of the values of `facet` that are counted, None for all of them.

    It keeps to what both engines understand: literals, dots and alternatives.
    """
    scheme = TREES.get(facet)
    if scheme is None:
        return None
    known = [code for code in chosen if code.isalnum() and len(code) in scheme.lengths]
    path = {step for code in known for step in scheme.path(code)}
    below = {code + "." * _width(scheme, code) for code in known or [""]}
    return "|".join(sorted(path | below))


def _width(scheme: CodeScheme, code: str) -> int:
    """Return how many characters longer the codes directly below `code` are, 0 below the lowest."""
    return next((length for length in scheme.lengths if length > len(code)), len(code)) - len(code)


def places(*, key: str, published: int, trl: int | None, deadline: int | None) -> dict[str, str]:
    """Return for each way to sort the text by which a document is sorted, in descending order.

    Every engine compares texts alike, so all give the same order: what lacks the fact comes last,
    among equals the latest published goes first, then the key decides. `deadline` is the ordinal of
    a day.
    """
    newest = f"{published:011} {key}"
    nearness = 0 if deadline is None else _LAST_DAY - deadline
    return {
        "newest": newest,
        "readiness": f"{trl or 0} {newest}",
        "deadline": f"{nearness:07} {newest}",
    }

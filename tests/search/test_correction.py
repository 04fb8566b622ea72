import pytest

from search import correction, sounds, tokens
from search.query import Statistics
from search.vocabulary import Vocabulary
from tests.search import hostile

WORDS = {
    "电池": 9, "传感器": 4, "催化剂": 3, "battery": 5, "batter": 2, "polymer": 4, "exchanger": 3,
}  # fmt: skip
KNOWN = Vocabulary(WORDS, {w: " ".join(sounds.of(w)) for w in WORDS if tokens.is_han(w)})
HELD = {term for word in [*WORDS, "电磁", "rare"] for term in tokens.terms(word)}


def count(terms: object) -> Statistics:
    return Statistics(100, {term: int(term in HELD) for term in terms})  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("batery", "battery"),
        ("Batery!", "battery!"),
        ("polymr exchangr", "polymer exchanger"),
        ("exhcanegr", "exchanger"),
        ("battery", ""),
        ("rare", ""),
        ("bat", ""),
        ("zzzzzz", ""),
        ("dianchi", "电池"),
        ("电驰", "电池"),
        ("電馳", "电池"),
        ("新型传敢器与电驰", "新型传感器与电池"),
        ("电磁", ""),
        ("电", ""),
        ("", ""),
        ("𠀀𠀀𠀀", ""),
        ("电驰" * 40, ""),
    ],
)
def test_words_that_no_listing_has_are_put_right(typed: str, meant: str) -> None:
    assert correction.corrected(typed, known=KNOWN, count=count) == meant


@pytest.mark.parametrize("typed", hostile.SEARCHES)
def test_nothing_typed_breaks_it_or_takes_long(typed: str) -> None:
    with hostile.soon():
        correction.corrected(typed, known=KNOWN, count=count)

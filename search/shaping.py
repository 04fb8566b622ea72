"""How a listing's text becomes a question: title far above text, early above late, and pushed down
what every need says. Pure.

Constants by cross-validation over public judged sets of needs and results, see docs/matching.md.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeVar

from search import particles, tokens

Language = Literal["zh", "en"]
Weights = dict[str, float]
Unit = TypeVar("Unit", str, tuple[str, ...])


class Text(NamedTuple):
    title: str
    body: str = ""


class Shape(NamedTuple):
    """`damping` is the exponent β of the push-down; `reach` the characters after which a sentence
    counts e times less, infinite where it always counts fully; `pair` the weight of a pair."""

    damping: float
    reach: float
    pair: float


SHAPES: dict[Language, Shape] = {
    "zh": Shape(damping=0.5, reach=600, pair=1.0),
    "en": Shape(damping=0.25, reach=math.inf, pair=0.5),
}
TITLE_WEIGHT = 8.0
LONGEST_BODY = 6_000
"""Characters of a body that are read; in Chinese, what follows would count less than e⁻¹⁰."""

_SENTENCE = re.compile(r"[^。！？；!?;\n]*?(?:[。！？；!?;\n]|\.(?=\s)|$)", re.DOTALL)
_WORD = re.compile(rf"[^\W_{tokens.HAN}]+")
_HAN = re.compile(rf"[{tokens.HAN}]")
PARTICLES = particles.CHINESE | tokens.particle_stems()


def language_of(text: str) -> Language:
    """Return the language that most of `text` is in; a Chinese character counts as a word."""
    return "zh" if len(_HAN.findall(text)) >= len(_WORD.findall(text)) else "en"


def weigh(
    text: Text, units_of: Callable[[str], Iterable[Unit]], push_down: Callable[[Unit], float]
) -> dict[Unit, float]:
    """Return how much each unit of `text` counts, above 0.

    `units_of` takes a piece of text apart; `push_down` says, in (0, ∞), how telling a unit is.
    """
    weights: dict[Unit, float] = {}
    for unit in units_of(text.title):
        weights[unit] = weights.get(unit, 0.0) + TITLE_WEIGHT
    reach = SHAPES[language_of(f"{text.title} {text.body}")].reach
    for position, sentence in _sentences(text.body[:LONGEST_BODY]):
        counts = math.exp(-position / reach)
        for unit in units_of(sentence):
            weights[unit] = weights.get(unit, 0.0) + counts
    return {unit: weight * push_down(unit) for unit, weight in weights.items()}


def heaviest(weights: Mapping[Unit, float], most: int) -> dict[Unit, float]:
    """Return the `most` units that weigh most, in that order."""
    return dict(sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:most])


def _sentences(body: str) -> Iterator[tuple[int, str]]:
    for match in _SENTENCE.finditer(body):
        if match[0]:
            yield match.start(), match[0]

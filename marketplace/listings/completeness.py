"""How complete a listing is, and what readers miss in it.

The score is the sum of the weights of what is there, from 0 to 100; the weights of each kind sum to
100. They follow how much each fact helps a reader to decide whether to talk: first what it is and
what it does better, in figures, then whether it fits (maturity, field, price), then how to go on.
A fact counts whoever may read it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings.models import Listing

DETAILED = 200
"""From this many characters on, a text counts as detailed."""


@dataclass(frozen=True)
class Criterion:
    """One fact: its weight, its name, why readers miss it, and the part of the form it is in."""

    weight: int
    label: Any
    why: Any
    part: str
    is_met: Callable[[Any], bool]


@dataclass(frozen=True)
class Completeness:
    """The score, 0 to 100, and the criteria that are not met, the weightiest first."""

    score: int
    missing: tuple[Criterion, ...]


def _given(*fields: str) -> Callable[[Any], bool]:
    return lambda listing: any(getattr(listing, field) not in (None, "", []) for field in fields)


def _text(stem: str, *, at_least: int = 1) -> Callable[[Any], bool]:
    return lambda listing: any(
        len(getattr(listing, f"{stem}_{suffix}")) >= at_least for suffix in ("zh", "en")
    )


def _in_both_languages(listing: Any) -> bool:
    return all(
        getattr(listing, f"{stem}_{suffix}")
        for stem in ("title", "summary")
        for suffix in ("zh", "en")
    )


def _has(relation: str) -> Callable[[Any], bool]:
    return lambda listing: bool(getattr(listing, relation).all())


def _states_figures(listing: Any) -> bool:
    text = listing.advantage_zh + listing.advantage_en
    return bool(listing.figures.all()) or any(character.isdecimal() for character in text)


SUMMARY = Criterion(
    12, _("Summary"), _("It is all that readers see in a list."), "what", _text("summary")
)
PROBLEM = Criterion(
    12,
    _("Problem"),
    _("Readers look for their own problem; matches are found by its words."),
    "problem",
    _text("problem"),
)
DETAILS = Criterion(
    8,
    _("Details"),
    _("Experts decide by them whether a talk is worth their time."),
    "details",
    _text("details", at_least=DETAILED),
)
INDUSTRY = Criterion(
    8,
    _("Industry"),
    _("Without it the listing is in no filter by industry."),
    "maturity",
    _given("industry"),
)
REGION = Criterion(
    4,
    _("Region"),
    _("Many programmes and partners look for their region."),
    "maturity",
    _given("region"),
)
MODES = Criterion(
    8,
    _("Ways of working together"),
    _("Readers want to know whether you sell, license or develop together."),
    "cooperation",
    _given("cooperation_modes"),
)
KEYWORDS = Criterion(
    4,
    _("Keywords"),
    _("They are searched, too: add the words that others use."),
    "what",
    _given("keywords_zh", "keywords_en"),
)
LANGUAGES = Criterion(
    6,
    _("Title and summary in both languages"),
    _("Readers of the other language find it, but cannot read it."),
    "what",
    _in_both_languages,
)
FILES = Criterion(
    4,
    _("A file"),
    _("A data sheet or a report is what people pass on."),
    "files",
    _has("attachments"),
)

RESULT = (
    SUMMARY,
    PROBLEM,
    Criterion(
        8,
        _("Advantage over today's practice"),
        _("It is the first question of every reader."),
        "advantage",
        _text("advantage"),
    ),
    Criterion(
        4,
        _("Figures beside today's practice"),
        _("“Better” convinces nobody; a measured figure does."),
        "figures",
        _states_figures,
    ),
    Criterion(
        8,
        _("Technology readiness level"),
        _("Enterprises rule out by it what is too early for them."),
        "maturity",
        _given("trl"),
    ),
    INDUSTRY,
    MODES,
    DETAILS,
    Criterion(
        4,
        _("Fields of application"),
        _("Readers recognise their own product in them."),
        "application",
        _text("application"),
    ),
    Criterion(
        6,
        _("Intellectual property"),
        _("Nobody buys what may not be protected; name the rights and their state."),
        "ip_rights",
        _has("ip_rights"),
    ),
    LANGUAGES,
    KEYWORDS,
    REGION,
    Criterion(
        4,
        _("Price expectation"),
        _("A range saves both sides a talk that cannot end well."),
        "price",
        _given("price_min", "price_max"),
    ),
    FILES,
)
NEED = (
    Criterion(
        16,
        _("Required figures"),
        _("Solvers check them first; without them you get answers that do not fit."),
        "metrics",
        _has("metrics"),
    ),
    SUMMARY,
    PROBLEM,
    Criterion(
        10,
        _("Budget"),
        _("Teams answer sooner when they know that it is meant seriously."),
        "budget",
        _given("budget_min", "budget_max"),
    ),
    DETAILS,
    INDUSTRY,
    MODES,
    Criterion(
        6,
        _("Lowest technology readiness level"),
        _("It keeps away what is too early for you."),
        "maturity",
        _given("min_trl"),
    ),
    Criterion(6, _("Deadline"), _("Solvers plan by it."), "time", _given("deadline")),
    LANGUAGES,
    KEYWORDS,
    REGION,
)
CRITERIA = {"result": RESULT, "need": NEED}


def completeness(listing: Listing) -> Completeness:
    """Return how complete `listing` is, and what is missing."""
    criteria = CRITERIA[listing.kind]
    missing = [criterion for criterion in criteria if not criterion.is_met(listing)]
    return Completeness(
        score=100 - sum(criterion.weight for criterion in missing),
        missing=tuple(sorted(missing, key=lambda criterion: -criterion.weight)),
    )

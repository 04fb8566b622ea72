"""The weights and priors in force, and how others come into force.

Every version makes a score of 100 points, and none has a prior that a true, favourable fact could
fall below. Versions are numbered without gaps, so of two people who change the same version one is
told.
"""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.audit import trail
from search import ranking
from search.criteria import LEAST_FAVOURABLE
from search.models import Weighting
from search.ranking import WHOLE, Scale, Scales

LEAST_TEXT = 500
"""The text counts for half of a score or more, in tenths of a point: a match is about something."""

SOUND_TEXT = 800
"""Below it the other criteria overrule the text rather than break near-ties, see docs/matching.md."""

_WHY: dict[str, Promise] = {
    "text": gettext_lazy("A word in common must never lower a score."),
    "industry": gettext_lazy("Whoever states an industry of the same section must not lose by it."),
    "region": gettext_lazy("Whoever states a region of the same province must not lose by it."),
    "freshness": gettext_lazy("Whoever confirmed as long ago as is allowed must not lose by it."),
}


class Change(NamedTuple):
    label: Promise
    old: Scale
    new: Scale


class Overtaken(Exception):
    """Somebody else has set other weights since these were begun."""


def newest() -> Weighting | None:
    """Return the version in force, with who set it; None before the first."""
    return Weighting.objects.select_related("set_by").first()


def current() -> Scales:
    """Return the weights and priors in force; one small query."""
    version = Weighting.objects.only("values").first()
    return version.scales if version else ranking.DEFAULTS


def numbered(number: str) -> Scales | None:
    """Return what version `number` set, None where there is no such version."""
    found = Weighting.objects.filter(number=number) if re.fullmatch("[0-9]{1,9}", number) else None
    return next((version.scales for version in found or ()), None)


def history() -> list[tuple[Weighting, list[Change]]]:
    """Return every version with what it changed, the newest first."""
    known = list(Weighting.objects.select_related("set_by"))
    before = [*(version.scales for version in known[1:]), ranking.DEFAULTS]
    return [(v, _changes(old, v.scales)) for v, old in zip(known, before, strict=False)]


def _changes(old: Scales, new: Scales) -> list[Change]:
    return [
        Change(ranking.LABELS[name], old[name], new[name]) for name in new if old[name] != new[name]
    ]


def highest_prior(criterion: str) -> int:
    """Return the highest prior that beats no true, favourable fact, in per cent."""
    return math.floor(round(LEAST_FAVOURABLE[criterion] * 100, 9))


def check(scales: Scales) -> None:
    """Raise `ValidationError` where `scales` cannot be in force: the messages stand under
    `«criterion»_weight`, `«criterion»_prior` and, about the sum, under `__all__`.
    """
    problems = dict(_problems(scales))
    if problems:
        raise ValidationError(problems)


def _problems(scales: Scales) -> Iterator[tuple[str, str]]:
    for name, scale in scales.items():
        if not 0 <= scale.weight <= WHOLE:
            yield f"{name}_weight", _("A weight lies between 0 and 100 points.")
        elif name == "text" and scale.weight < LEAST_TEXT:
            values = {"points": LEAST_TEXT // 10}
            yield "text_weight", _("The text counts for %(points)d points or more.") % values
        most = highest_prior(name)
        if not 0 <= scale.prior <= most:
            limit = _("Between 0 and %(most)d %%.") % {"most": most}
            yield f"{name}_prior", f"{limit} {_WHY.get(name, '')}".strip()
    total = sum(scale.weight for scale in scales.values())
    if total != WHOLE:
        message = _("The weights sum to %(sum)s points. They must sum to exactly 100.")
        yield "__all__", message % {"sum": Decimal(total) / 10}


def adopt(*, scales: Scales, note: str, by: Any, after: int) -> Weighting:
    """Put `scales` in force in the place of version `after`, 0 for the defaults, and log it.

    Raises `ValidationError`, see `check`, and `Overtaken` where another version is in force by now.
    """
    check(scales)
    version = Weighting(number=after + 1, values=scales, note=note, set_by=by)
    version.full_clean(validate_unique=False)
    held = newest()
    if after != (held.number if held else 0):
        raise Overtaken
    try:
        with transaction.atomic():
            version.save()
            trail.record(actor=by, action="weights.set", target=version, number=version.number)
    except IntegrityError as error:
        raise Overtaken from error
    return version

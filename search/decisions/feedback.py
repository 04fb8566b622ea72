"""What authors learn from declines: each reason in plain words, how often, and what helps.

Never who declined, for whom or when: a listing with one reader must not give that reader away, so
only reasons and their numbers leave this module.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from search.decisions.recording import DeclineReason
from search.models import MatchDecision

Reason = DeclineReason
ADVICE: dict[str, dict[Reason, Promise]] = {
    "result": {
        Reason.OFF_TOPIC: _(
            "Say in title and summary which problem it solves and where it is used; check industry "
            "and keywords."
        ),
        Reason.TOO_VAGUE: _(
            "Add figures: what was measured, under which conditions, how much better than today's "
            "practice, and how far it has been tested."
        ),
        Reason.NOT_MATURE: _(
            "State the readiness level and what has been built and tested so far; say what the next "
            "step takes."
        ),
        Reason.TOO_EXPENSIVE: _(
            "Give a range, or offer a licence, instalments or joint development beside the price."
        ),
        Reason.TOO_FAR: _(
            "Say how you work with partners elsewhere, and what can be done remotely."
        ),
        Reason.ALREADY_KNOWN: _("Nothing to change: they know you already."),
    },
    "need": {
        Reason.OFF_TOPIC: _(
            "Say in title and summary which technology you look for and what it is to do; check "
            "industry and keywords."
        ),
        Reason.TOO_VAGUE: _(
            "Add the required figures, the conditions of use, what you have tried, and by when you "
            "need it."
        ),
        Reason.NOT_MATURE: _(
            "State the lowest readiness level that you can start from; say what you would develop "
            "yourselves."
        ),
        Reason.TOO_EXPENSIVE: _("Give a budget range, and say what it is to cover."),
        Reason.TOO_FAR: _(
            "Say what can be done remotely, and whether you look beyond your region."
        ),
        Reason.ALREADY_KNOWN: _("Nothing to change: they know you already."),
    },
}


@dataclass(frozen=True)
class Feedback:
    """How many readers gave this reason, in words, with advice."""

    label: str
    advice: Promise
    readers: int


def on(listings: Iterable[Any]) -> dict[int, list[Feedback]]:
    """Return why readers of the other side declined each of `listings` of one kind, by its primary
    key, the most frequent reason first; one query.

    A reader who declined it for several of theirs counts once for each reason.
    """
    kinds = {listing.pk: listing.kind for listing in listings}
    kind = next(iter(kinds.values()), "need")
    counted = (
        MatchDecision.objects.standing()
        .declines()
        .filter(**{f"{kind}__in": list(kinds)})
        .exclude(organisation=F(f"{kind}__organisation"))
        .values_list(kind, "reason")
        .annotate(readers=Count("decided_by", distinct=True))
        .order_by("-readers", "reason")
    )
    found: dict[int, list[Feedback]] = defaultdict(list)
    for pk, reason, readers in counted:
        given = Reason(reason)
        found[pk].append(Feedback(str(given.label), ADVICE[kind][given], readers))
    return dict(found)

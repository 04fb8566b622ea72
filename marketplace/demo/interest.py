"""What sample readers have decided about matches, and what they watch."""

from django.http import QueryDict

from marketplace.demo import listings, source
from marketplace.demo.people import person
from search import decisions, matching
from search.alerts import watches
from search.models import MatchDecision


def load() -> None:
    """Make the sample decisions and watches that are missing; the index must hold the listings."""
    rows = source.read("interest")
    for row in rows["decisions"]:
        _decide(**row)
    for row in rows["watched_needs"]:
        user, need = person(row["by"]), listings.need(row["need"])
        if not user.watches.filter(need=need).exists():
            watches.watch_listing(listing=need, user=user, frequency=row["frequency"])
    for row in rows["searches"]:
        user = person(row["by"])
        if not user.watches.filter(name=row["name"]).exists():
            watches.save_search(
                data=QueryDict(row["query"]),
                user=user,
                name=row["name"],
                frequency=row["frequency"],
            )


def _decide(*, by: str, need: str, result: str, verdict: str, reason: str) -> None:
    user = person(by)
    pair = {"need": listings.need(need), "result": listings.result(result)}
    if not MatchDecision.objects.filter(decided_by=user, **pair).exists():
        match = matching.pair(**pair, viewer=user).frozen()
        decisions.decide(**pair, verdict=verdict, reason=reason, by=user, match=match)

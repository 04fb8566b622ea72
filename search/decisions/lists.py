"""One's own decisions for pages: the match as it was shown, the listings as they may be seen now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.kinds import KINDS
from marketplace.listings.visibility import visible_to
from search.decisions.frozen import FrozenMatch, frozen_match
from search.decisions.recording import DeclineReason, Verdict
from search.models import MatchDecision


@dataclass(frozen=True)
class Row:
    """A decision about a match; a listing is None where the reader may not see it now."""

    decision: MatchDecision
    match: FrozenMatch
    need: Any
    result: Any

    @property
    def own(self) -> Any:
        """The listing on whose side the reader decided."""
        return self.need if self.decision.own_kind == "need" else self.result

    @property
    def card(self) -> dict[str, Any] | None:
        """The other listing, None where it is not on the site."""
        other = self.result if self.decision.own_kind == "need" else self.need
        shown = other is not None and other.live
        return card_of(other) if shown else None

    @property
    def reason(self) -> str:
        """Why the reader declined, in words; "" for what is kept."""
        given = self.decision.reason
        return str(DeclineReason(given).label) if given else ""


def rows(decisions: Iterable[MatchDecision], viewer: Any) -> list[Row]:
    """Return a row for each of `decisions`, with a constant number of queries."""
    wanted = list(decisions)
    visible = {
        kind: {
            listing.pk: listing
            for listing in visible_to(
                model._default_manager.filter(pk__in={getattr(d, f"{kind}_id") for d in wanted}),
                viewer,
            ).select_related(*RELATED)
        }
        for kind, model in KINDS.items()
    }
    return [
        Row(
            decision,
            frozen_match(decision),
            need=visible["need"].get(decision.need_id),
            result=visible["result"].get(decision.result_id),
        )
        for decision in wanted
    ]


def kept(user: Any, most: int) -> list[Row]:
    """Return up to `most` matches that `user` keeps, the last kept first, of listings on the site."""
    standing = MatchDecision.objects.standing_of(user).filter(verdict=Verdict.ACCEPTED)
    return [row for row in rows(standing.select_related("need")[:most], user) if row.card]


def tabs(user: Any, chosen: str) -> Iterator[dict[str, Any]]:
    """Yield the tabs of the page of one's own decisions, with how many there are of each."""
    standing = MatchDecision.objects.standing_of(user).order_by().values("verdict")
    counts = dict(standing.annotate(number=Count("pk")).values_list("verdict", "number"))
    for verdict, title in ((Verdict.ACCEPTED, _("Kept")), (Verdict.DECLINED, _("Declined"))):
        yield {
            "title": title,
            "url": f"?show={verdict}",
            "is_current": verdict == chosen,
            "count": counts.get(verdict, 0),
        }

"""What readers of other organisations have done about a listing, in numbers: never who, or when."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from search.decisions.recording import Verdict
from search.documents import key_of
from search.models import Finding, MatchDecision


@dataclass(frozen=True)
class Interest:
    """`told`: people whose watches have found it. The others are matches, each counted once."""

    told: int
    kept: int
    declined: int
    introduced: int
    contracted: int


def of(listing: Any) -> Interest:
    """Return what readers have done about `listing`: two queries."""
    own = f"{listing.kind}__organisation"
    other = "result" if listing.kind == "need" else "need"
    opinions = (Verdict.ACCEPTED, Verdict.DECLINED)
    counted = (
        MatchDecision.objects.standing()
        .filter(**{listing.kind: listing})
        .exclude(Q(verdict__in=opinions) & Q(organisation=F(own)))
        .order_by()
        .values_list("verdict")
        .annotate(matches=Count(other, distinct=True))
    )
    matches = dict(counted)
    told = Finding.objects.filter(key=key_of(listing), told_at__isnull=False)
    outside = told.exclude(user__memberships__organisation=listing.organisation_id)
    return Interest(
        told=outside.values("user").distinct().count(),
        kept=matches.get(Verdict.ACCEPTED, 0),
        declined=matches.get(Verdict.DECLINED, 0),
        introduced=matches.get(Verdict.INTRODUCED, 0),
        contracted=matches.get(Verdict.CONTRACTED, 0),
    )

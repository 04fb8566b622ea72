"""Record what people decide about matches. A recorded decision never changes."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, User
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.matching import Match
from search.models import MatchDecision

Verdict = MatchDecision.Verdict


class DeclineReason(models.TextChoices):
    """Why somebody declined a match; the other side's author learns it in these words."""

    OFF_TOPIC = "off_topic", _("it is about something else")
    TOO_VAGUE = "too_vague", _("too vague to judge")
    NOT_MATURE = "not_mature", _("not mature enough")
    TOO_EXPENSIVE = "too_expensive", _("too expensive")
    TOO_FAR = "too_far", _("too far away")
    ALREADY_KNOWN = "already_known", _("we know each other already")


def record(
    *,
    need: TechnologyNeed,
    result: ResearchResult,
    verdict: str,
    decided_by: User,
    match: Match,
    organisation: Organisation | None = None,
    reason: str = "",
) -> MatchDecision:
    """Store what `decided_by` decided about `match`, which is frozen as it was shown.

    A decline gives a `DeclineReason`; raises `ValidationError` without one, or where there is no
    such verdict or reason.
    """
    if verdict not in Verdict.values:
        raise ValidationError({"verdict": _("There is no such decision.")})
    if verdict == Verdict.DECLINED and reason not in DeclineReason.values:
        raise ValidationError({"reason": _("Say why the match does not fit.")})
    if verdict != Verdict.DECLINED and reason:
        raise ValidationError({"reason": _("Only a decline has a reason.")})
    return MatchDecision.objects.create(
        need=need,
        result=result,
        verdict=verdict,
        reason=reason,
        decided_by=decided_by,
        organisation=organisation,
        match=match.frozen(),
    )

"""Record what people decide about matches. A decision never changes, a newer one replaces it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import require
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.models import MatchDecision
from search.permissions import side_of

Verdict = MatchDecision.Verdict


class DeclineReason(models.TextChoices):
    """Why somebody declined a match; the other side's author learns it in these words."""

    OFF_TOPIC = "off_topic", _("it is about something else")
    TOO_VAGUE = "too_vague", _("too vague to judge")
    NOT_MATURE = "not_mature", _("the readiness does not fit")
    TOO_EXPENSIVE = "too_expensive", _("price and budget do not meet")
    TOO_FAR = "too_far", _("too far away")
    ALREADY_KNOWN = "already_known", _("we know each other already")


def record(
    *,
    need: TechnologyNeed,
    result: ResearchResult,
    verdict: str,
    decided_by: User,
    match: Mapping[str, Any],
    organisation: Organisation | None = None,
    reason: str = "",
) -> MatchDecision:
    """Store what `decided_by` decided about `match`, which is as `Match.frozen` gave it when it was
    shown.

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
        match=match,
    )


@transaction.atomic
def decide(
    *,
    need: TechnologyNeed,
    result: ResearchResult,
    verdict: str,
    by: User,
    match: Mapping[str, Any],
    reason: str = "",
) -> MatchDecision:
    """Store what a member of one side decided, see `record`; saying the same again changes nothing.

    Either listing may have left the site since `match` was shown. Raises `PermissionDenied` for who
    acts for neither side.
    """
    require(by, "match:decide", (need, result))
    standing = _standing(by, need, result)
    if standing is not None and (standing.verdict, standing.reason) == (verdict, reason):
        return standing
    return record(
        need=need,
        result=result,
        verdict=verdict,
        reason=reason,
        decided_by=by,
        organisation=side_of(by, (need, result)),
        match=match,
    )


@transaction.atomic
def take_back(*, decision: MatchDecision, by: User) -> MatchDecision:
    """Let the match of `decision` be undecided and shown again; a decision that is not the newest any
    more stays as it is. Raises `PermissionDenied` for who has not made it.
    """
    require(by, "decision:take_back", decision)
    standing = _standing(by, decision.need, decision.result)
    if standing != decision:
        return standing or decision
    return record(
        need=decision.need,
        result=decision.result,
        verdict=Verdict.REOPENED,
        decided_by=by,
        organisation=decision.organisation,
        match=decision.match,
    )


def _standing(by: User, need: TechnologyNeed, result: ResearchResult) -> MatchDecision | None:
    """Return what `by` decided last about the two; nobody decides twice at the same time."""
    User.objects.select_for_update().get(pk=by.pk)
    return MatchDecision.objects.standing_of(by).filter(need=need, result=result).first()


def contract(origin: MatchDecision) -> MatchDecision:
    """Store, once, that the introduction which `origin` stands for has led to a contract in force."""
    contracted, _created = MatchDecision.objects.get_or_create(
        origin=origin,
        verdict=Verdict.CONTRACTED,
        defaults={"need": origin.need, "result": origin.result, "match": origin.match},
    )
    return contracted

"""An introduction protects its broker's commission when the same two organisations meet again.

A broker who introduced two organisations has a claim in every later deal between them that was opened
within the period promised with the introduction. A claim stands until the broker joins the deal, and so
has a share in the split plan, or until that is ruled out: with a reason, by the broker, who agrees, or
by an administrator. No plan is proposed for signature while a claim stands.

Invariant: a claim is derived from introductions in which both sides knew each other, in deals where
they do; so it tells nobody who an anonymous enterprise is.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import periods, progress
from brokers.deals.models import Agreement, Deal, Exclusion, Introduction, Party
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

BEFORE_AGREED = (Stage.INTRODUCED, Stage.NDA, Stage.EVALUATING, Stage.NEGOTIATING)


@dataclass(frozen=True)
class Claim:
    """That `introduction` protects its `broker` in a later deal."""

    introduction: Introduction

    @property
    def broker(self) -> User:
        return self.introduction.introduced_by

    @property
    def until(self) -> date | None:
        return self.introduction.protected_until


def promised_until() -> date:
    """Return until when an introduction made today protects its broker."""
    return periods.ends("introduction_protection")


def claims(deal: Deal) -> list[Claim]:
    """Return the claims that stand in `deal`, the oldest introduction first, one for each broker.

    Once the deal is agreed, or has ended, there is nothing more to claim.
    """
    if not deal.enterprise_disclosed or deal.stage not in BEFORE_AGREED:
        return []
    settled = {p.user_id for p in deal.parties.all() if p.role == Party.Role.BROKER}
    excluded = deal.exclusions.values("broker")
    standing = _protecting(deal).exclude(introduced_by__in=settled)
    first: dict[int, Claim] = {}
    for introduction in standing.exclude(introduced_by__in=excluded):
        first.setdefault(introduction.introduced_by_id, Claim(introduction))
    return list(first.values())


def claim_of(broker: Any, deal: Deal) -> Claim | None:
    """Return the claim of `broker` that stands in `deal`, if there is one."""
    return next((claim for claim in claims(deal) if claim.broker.pk == broker.pk), None)


def claimed_by(broker: User) -> list[tuple[Deal, Claim]]:
    """Return the deals that can still be agreed in which `broker` has a claim."""
    earliest = _EARLIER.filter(introduced_by=broker).values("pk")[:1]
    deals = list(
        _repeated(introduced_by=broker)
        .exclude(Q(parties__user=broker) | Q(exclusions__broker=broker))
        .annotate(earliest=Subquery(earliest))
    )
    introductions = Introduction.objects.select_related("introduced_by")
    first = introductions.in_bulk([deal.earliest for deal in deals])
    return [(deal, Claim(first[deal.earliest])) for deal in deals]


def require_settled(deal: Deal) -> None:
    """Raise `ValidationError` naming every broker whose claim stands in `deal`."""
    if standing := claims(deal):
        raise ValidationError(
            [
                _(
                    "%(broker)s introduced the two organisations before and is protected until "
                    "%(date)s: let them join, or have their claim ended."
                )
                % {"broker": claim.broker.name, "date": claim.until}
                for claim in standing
            ]
        )


@transaction.atomic
def exclude(*, deal: Deal, broker: User, reason: str, by: User) -> Exclusion:
    """End the claim of `broker` in `deal`: `by` is that broker, who agrees, or an administrator.

    Raises `PermissionDenied` for anybody else, `ValidationError` without a standing claim.
    """
    deal = Deal.objects.select_for_update().get(pk=deal.pk)
    if by != broker:
        require(by, "deal:decide_claim", deal)
    claim = claim_of(broker, deal)
    if claim is None:
        raise ValidationError(_("This claim does not stand any more."), code="changed")
    exclusion = Exclusion.objects.create(
        deal=deal,
        introduction=claim.introduction,
        broker=broker,
        reason=reason,
        decided_by=by,
    )
    progress.record(deal=deal, kind="broker_excluded", actor=by, note=reason)
    if by != broker:
        notify(
            [broker],
            topic=Topic.BINDING,
            template="broker_excluded",
            url=f"/deals/{deal.pk}/claim/",
            context={"deal": deal},
        )
    return exclusion


def tell(deal: Deal) -> int:
    """Tell every broker with a claim in `deal` of it, once; return how many were told."""
    return sum(
        len(
            notify(
                [claim.broker],
                topic=Topic.BINDING,
                template="broker_protected",
                url=f"/deals/{deal.pk}/claim/",
                context={"deal": deal, "until": claim.until},
                once=f"protected {deal.pk}",
            )
        )
        for claim in claims(deal)
    )


def tell_all() -> int:
    """Tell the brokers with a claim in any deal that can still be agreed; see `tell`."""
    return sum(tell(deal) for deal in _repeated())


def is_joinable(deal: Deal) -> bool:
    """Whether a broker can still join `deal`: what all sign says what the brokers get."""
    frozen = (Agreement.State.PROPOSED, Agreement.State.SIGNED)
    return deal.stage in BEFORE_AGREED and not deal.agreements.filter(state__in=frozen).exists()


def _between(one: Any, other: Any, path: str = "") -> Q:
    """Return the condition that a deal at `path` is between the two organisations, either way round."""
    sides = ((one, other), (other, one))
    return Q.create(
        [
            Q(**{f"{path}result__organisation": seller, f"{path}need__organisation": buyer})
            for seller, buyer in sides
        ],
        Q.OR,
    )


def _earlier(*, deal: Any, sides: tuple[Any, Any], opened: Any, day: Any) -> QuerySet[Introduction]:
    """Return the introductions that protect their brokers in `deal`, between `sides`, which was `opened`
    on `day`, the oldest first.
    """
    return (
        Introduction.objects.filter(
            _between(*sides, "deal__"),
            as_broker=True,
            deal__enterprise_disclosed=True,
            created_at__lt=opened,
            protected_until__gte=day,
        )
        .exclude(deal=deal)
        .order_by("created_at")
    )


_EARLIER = _earlier(
    deal=OuterRef("pk"),
    sides=(OuterRef("result__organisation"), OuterRef("need__organisation")),
    opened=OuterRef("created_at"),
    day=OuterRef("created_at__date"),
)
"""The same of each deal of a query."""


def _protecting(deal: Deal) -> QuerySet[Introduction]:
    return _earlier(
        deal=deal.pk,
        sides=(deal.result.organisation_id, deal.need.organisation_id),
        opened=deal.created_at,
        day=timezone.localdate(deal.created_at),
    ).select_related("introduced_by", "deal")


def _repeated(**introduction: Any) -> QuerySet[Deal]:
    """Return the deals that can still be agreed between organisations that a broker introduced before.

    `introduction` narrows down that earlier one.
    """
    return Deal.objects.filter(
        Exists(_EARLIER.filter(**introduction)),
        enterprise_disclosed=True,
        stage__in=BEFORE_AGREED,
    ).select_related("result__organisation", "need__organisation")

"""Move a deal from stage to stage; the only writer of `Deal.stage`.

Each move locks the deal, checks who and what, writes the event and changes the row by compare-and-set,
all in one transaction.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import guards, stages
from brokers.deals.models import Deal, DealEvent
from brokers.deals.permissions import actors
from brokers.deals.stages import Actor, Move, Stage
from marketplace.accounts.models import Membership
from search import decisions

SYSTEM = None


class MoveRefused(ValidationError):
    """The move is not possible now; the messages say why, one for each thing that is missing."""


@transaction.atomic
def advance(
    *, deal: Deal, move: str, actor: Any, reason: str = "", version: int | None = None
) -> Deal:
    """Make `move` and return the deal in its new stage.

    `actor` is a user, or `SYSTEM` for what happens by itself. `version` is the deal's when the page
    was shown: a second click, or somebody else's move in between, is refused.

    Raises `MoveRefused` where the stage or a guard forbids it, `PermissionDenied` for who may not.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    wanted = _find(move)
    if version is not None and locked.version != version:
        raise _stale()
    _check_actor(locked, wanted, actor)
    if locked.stage not in wanted.sources:
        raise MoveRefused(
            _("This is not possible while the deal is in the stage “%(stage)s”.")
            % {"stage": locked.get_stage_display()}
        )
    if wanted.reason and not reason.strip():
        raise MoveRefused(_("Give a reason."))
    if missing := guards.missing(locked, wanted.guards):
        raise MoveRefused(missing)
    _change(locked, wanted, actor, reason.strip())
    if wanted.target == Stage.AGREED:
        decisions.contract(locked.introduction.decision)
    locked.refresh_from_db()
    return locked


def try_advance(*, deal: Deal, move: str) -> Deal:
    """Make `move` in the name of the system if its stage and guards allow it now."""
    wanted = stages.find(move)
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    if locked.stage in wanted.sources and not guards.missing(locked, wanted.guards):
        return advance(deal=locked, move=move, actor=SYSTEM)
    return locked


def possible_moves(deal: Deal, user: Any) -> list[tuple[Move, list[str]]]:
    """Return the moves that `user` may try now, each with what still stands in its way."""
    ordinary = actors(user, deal)
    approving = actors(user, deal, Membership.Role.APPROVER)
    return [
        (move, guards.missing(deal, move.guards))
        for move in stages.moves_from(deal.stage, ordinary)
        if (approving if move.approver else ordinary) & move.actors
    ]


def record(*, deal: Deal, kind: str, actor: Any, note: str = "", **data: Any) -> DealEvent:
    """Add a line to the history of `deal`; `data` must not hold what a party may not read."""
    Deal.objects.filter(pk=deal.pk).update(changed_at=timezone.now())
    return DealEvent.objects.create(deal=deal, kind=kind, actor=actor, note=note, data=data)


def _stale() -> MoveRefused:
    return MoveRefused(
        _("The deal has changed since this page was loaded. Look again."), code="stale"
    )


def _find(name: str) -> Move:
    try:
        return stages.find(name)
    except LookupError:
        raise MoveRefused(_("There is no such step.")) from None


def _check_actor(deal: Deal, move: Move, actor: Any) -> None:
    if actor is SYSTEM:
        held = frozenset({Actor.SYSTEM})
    else:
        role = Membership.Role.APPROVER if move.approver else Membership.Role.MEMBER
        held = actors(actor, deal, role)
    if not held & move.actors:
        raise PermissionDenied(f"deal:{move.name}")


def _change(deal: Deal, move: Move, actor: Any, reason: str) -> None:
    changed = Deal.objects.filter(pk=deal.pk, stage=deal.stage, version=deal.version).update(
        stage=move.target,
        version=F("version") + 1,
        changed_at=timezone.now(),
        enterprise_disclosed=deal.enterprise_disclosed or move.discloses,
    )
    if not changed:
        raise _stale()
    DealEvent.objects.create(
        deal=deal,
        kind=move.name,
        actor=actor,
        from_stage=deal.stage,
        to_stage=Stage(move.target),
        note=reason,
    )

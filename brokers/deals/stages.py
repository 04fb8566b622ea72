"""The stages of a deal and every move between them: who may make it, and what must hold.

The table is the only place that knows a move; it is pure. `progress.advance` makes moves, and pages
ask `moves_from` which buttons to show.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    INTRODUCED = "introduced", _("introduced")
    NDA = "nda", _("confidentiality agreement")
    EVALUATING = "evaluating", _("evaluating")
    NEGOTIATING = "negotiating", _("negotiating")
    AGREED = "agreed", _("agreed")
    PERFORMING = "performing", _("performing")
    COMPLETED = "completed", _("completed")
    DECLINED = "declined", _("declined")
    TERMINATED = "terminated", _("terminated")
    DISPUTED = "disputed", _("disputed")


PATH = (
    Stage.INTRODUCED,
    Stage.NDA,
    Stage.EVALUATING,
    Stage.NEGOTIATING,
    Stage.AGREED,
    Stage.PERFORMING,
    Stage.COMPLETED,
)
"""The stages in the order in which a deal that succeeds goes through them."""

OPEN = frozenset(PATH) - {Stage.COMPLETED} | {Stage.DISPUTED}
"""The stages from which a deal can still move."""


IN_FORCE = (Stage.AGREED, Stage.PERFORMING)
"""The stages in which a signed agreement is paid, performed and settled."""


class Actor(StrEnum):
    """In which capacity somebody moves a deal."""

    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    BROKER = "broker"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Guard(StrEnum):
    """What must hold before a move; `guards.py` tests it against a deal."""

    ENTERPRISE_DISCLOSED = "enterprise_disclosed"
    ENTERPRISE_ANONYMOUS = "enterprise_anonymous"
    NDA_SIGNED = "nda_signed"
    AGREEMENT_SIGNED = "agreement_signed"
    BROKERS_INDEPENDENT = "brokers_independent"
    DUE_DILIGENCE = "due_diligence"
    PAYMENT_RECEIVED = "payment_received"
    MILESTONES_SETTLED = "milestones_settled"
    NOTHING_UNSETTLED = "nothing_unsettled"
    NOTHING_PAID = "nothing_paid"
    NOTHING_PENDING = "nothing_pending"
    NOTHING_HELD = "nothing_held"


@dataclass(frozen=True)
class Move:
    """A step from any of `sources` to `target`.

    `approver`: a party makes it only by a member with the approver role. `reason`: one is asked.
    `discloses`: from then on the other side knows the enterprise of an anonymous need.
    """

    name: str
    sources: frozenset[Stage]
    target: Stage
    actors: frozenset[Actor]
    label: Any
    guards: tuple[Guard, ...] = ()
    approver: bool = False
    reason: bool = False
    discloses: bool = False


_PARTIES = frozenset({Actor.INSTITUTION, Actor.ENTERPRISE})
_EVERYONE = _PARTIES | {Actor.BROKER}
_SYSTEM = frozenset({Actor.SYSTEM})

MOVES = (
    Move(
        "open_nda",
        frozenset({Stage.INTRODUCED}),
        Stage.NDA,
        _EVERYONE,
        _("Prepare a confidentiality agreement"),
        (Guard.ENTERPRISE_DISCLOSED,),
    ),
    Move(
        "disclose",
        frozenset({Stage.INTRODUCED}),
        Stage.NDA,
        frozenset({Actor.ENTERPRISE}),
        _("Disclose our organisation and prepare a confidentiality agreement"),
        (Guard.ENTERPRISE_ANONYMOUS,),
        discloses=True,
    ),
    Move(
        "evaluate_openly",
        frozenset({Stage.INTRODUCED}),
        Stage.EVALUATING,
        frozenset({Actor.INSTITUTION}),
        _("Evaluate without a confidentiality agreement"),
        (Guard.ENTERPRISE_DISCLOSED,),
    ),
    Move(
        "evaluate",
        frozenset({Stage.NDA}),
        Stage.EVALUATING,
        _EVERYONE | {Actor.SYSTEM},
        _("Start evaluating"),
        (Guard.NDA_SIGNED,),
    ),
    Move(
        "negotiate",
        frozenset({Stage.EVALUATING}),
        Stage.NEGOTIATING,
        _EVERYONE,
        _("Start negotiating"),
    ),
    Move(
        "agree",
        frozenset({Stage.NEGOTIATING}),
        Stage.AGREED,
        _EVERYONE | {Actor.SYSTEM},
        _("Close the negotiation"),
        (Guard.AGREEMENT_SIGNED, Guard.BROKERS_INDEPENDENT, Guard.DUE_DILIGENCE),
    ),
    Move(
        "renegotiate",
        frozenset({Stage.AGREED}),
        Stage.NEGOTIATING,
        _PARTIES,
        _("Negotiate again"),
        (Guard.NOTHING_PAID,),
        approver=True,
        reason=True,
    ),
    Move(
        "perform",
        frozenset({Stage.AGREED}),
        Stage.PERFORMING,
        frozenset({Actor.SYSTEM}),
        _("Start performing"),
        (Guard.PAYMENT_RECEIVED,),
    ),
    Move(
        "complete",
        frozenset({Stage.PERFORMING}),
        Stage.COMPLETED,
        _PARTIES | {Actor.SYSTEM},
        _("Complete the deal"),
        (Guard.MILESTONES_SETTLED, Guard.NOTHING_PENDING, Guard.NOTHING_HELD),
    ),
    Move(
        "decline",
        frozenset({Stage.INTRODUCED, Stage.NDA, Stage.EVALUATING, Stage.NEGOTIATING}),
        Stage.DECLINED,
        _PARTIES,
        _("Decline"),
        reason=True,
    ),
    Move(
        "terminate",
        frozenset({Stage.AGREED, Stage.PERFORMING}),
        Stage.TERMINATED,
        _PARTIES,
        _("Terminate the agreement"),
        (Guard.NOTHING_UNSETTLED, Guard.NOTHING_HELD),
        approver=True,
        reason=True,
    ),
    Move(
        "dispute",
        frozenset({Stage.PERFORMING}),
        Stage.DISPUTED,
        _SYSTEM,
        _("Hold the money until a complaint is decided"),
    ),
    Move(
        "resume",
        frozenset({Stage.DISPUTED}),
        Stage.PERFORMING,
        _SYSTEM,
        _("Go on with the performance"),
    ),
    Move(
        "end_dispute",
        frozenset({Stage.DISPUTED, Stage.PERFORMING}),
        Stage.TERMINATED,
        _SYSTEM,
        _("End the agreement"),
        (Guard.NOTHING_UNSETTLED,),
    ),
)

_BY_NAME = {move.name: move for move in MOVES}


def find(name: str) -> Move:
    """Return the move called `name`. Raises `LookupError`."""
    return _BY_NAME[name]


def moves_from(stage: str, actors: frozenset[Actor]) -> list[Move]:
    """Return the moves that someone acting as any of `actors` may try from `stage`."""
    return [move for move in MOVES if stage in move.sources and actors & move.actors]

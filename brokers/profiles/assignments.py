"""Ask a broker to look after a need; the broker accepts or declines, and either side may end it.

Invariant: nobody looks after a need of an organisation that they belong to.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.profiles.models import Assignment, BrokerProfile
from brokers.profiles.ranking import Candidate, rank
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.listings.models import TechnologyNeed
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

State = Assignment.State
BOARD = "/brokers/me/pipeline/"


def candidates(need: TechnologyNeed, *, loads: dict[int, int]) -> list[Candidate]:
    """Return every verified broker as a candidate for `need`, see `ranking.rank`."""
    profiles = BrokerProfile.objects.verified().for_cards()
    insiders = need.organisation.memberships.values_list("user_id", flat=True)
    return rank(need, profiles, loads=loads, insiders=insiders)


def accepted(users: Any) -> QuerySet[Assignment]:
    """Return the needs that brokers among `users` look after."""
    return Assignment.objects.filter(broker__in=users, state=State.ACCEPTED)


@transaction.atomic
def ask(*, need: TechnologyNeed, broker: User, by: Any, message: str = "") -> Assignment:
    """Ask `broker` to look after the live `need`; asking again changes nothing.

    Raises `PermissionDenied` for who may not, `ValidationError` for a broker who is not verified or
    has a conflict of interest, and for a need that is not live.
    """
    require(by, "need:assign_broker", need)
    TechnologyNeed.objects.select_for_update().get(pk=need.pk)
    found = {candidate.profile.user_id: candidate for candidate in candidates(need, loads={})}
    candidate = found.get(broker.pk)
    if candidate is None or not need.live:
        raise ValidationError(_("This broker cannot be asked about this need."))
    if candidate.conflict:
        raise ValidationError(
            _("%(broker)s %(conflict)s.") % {"broker": broker.name, "conflict": candidate.conflict}
        )
    assignment, created = Assignment.objects.get_or_create(
        need=need,
        broker=broker,
        state__in=Assignment.OPEN,
        defaults={"asked_by": by, "message": message.strip()},
    )
    if created:
        trail.record(actor=by, action="need.assign_broker", target=need, broker=broker.pk)
        notify(
            [broker],
            topic=Topic.DEALS,
            template="broker_asked",
            url=BOARD,
            about=("assignment:answer", assignment),
            context={"need": need},
        )
    return assignment


@transaction.atomic
def answer(*, assignment: Assignment, by: Any, accepts: bool) -> Assignment:
    """Let the broker accept or decline. Raises `PermissionDenied`, `ValidationError` when decided."""
    require(by, "assignment:answer", assignment)
    state = State.ACCEPTED if accepts else State.DECLINED
    return _change(assignment, {State.ASKED}, state, tell=assignment.asked_by)


@transaction.atomic
def end(*, assignment: Assignment, by: Any) -> Assignment:
    """End an open assignment. Raises `PermissionDenied`, `ValidationError` when it has ended."""
    require(by, "assignment:end", assignment)
    other = assignment.asked_by if by == assignment.broker else assignment.broker
    return _change(assignment, set(Assignment.OPEN), State.ENDED, tell=other)


def _change(
    assignment: Assignment, sources: set[Assignment.State], state: Assignment.State, *, tell: User
) -> Assignment:
    changed = Assignment.objects.filter(pk=assignment.pk, state__in=sources).update(
        state=state, changed_at=timezone.now()
    )
    if not changed:
        raise ValidationError(_("This has been decided meanwhile."), code="decided")
    assignment.refresh_from_db()
    is_broker = tell == assignment.broker
    notify(
        [tell],
        topic=Topic.DEALS,
        template="assignment_changed",
        url=BOARD if is_broker else f"/needs/{assignment.need_id}/brokers/",
        about=("assignment:end", assignment),
        context={"assignment": assignment},
    )
    return assignment

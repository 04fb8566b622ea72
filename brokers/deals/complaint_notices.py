"""Tell the two sides and the administrators what happens with a complaint, and remind of its days.

Invariant: a notice names the deal and links to the page; what was said stands there only.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from brokers.deals.models import Complaint, Statement
from brokers.deals.room.people import signers_of
from marketplace.accounts.models import User
from marketplace.accounts.permissions import ADMINISTRATORS
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

BEFORE = timedelta(days=2)
"""How long before a day people are reminded of it."""


def opened(complaint: Complaint) -> None:
    """Tell the other side, and the administrators."""
    people = [*signers_of(complaint.against), *administrators()]
    _tell(complaint, "complaint_opened", people, but=complaint.opened_by)


def answered(statement: Statement) -> None:
    """Tell the side that did not speak, and the administrators."""
    complaint = statement.complaint
    sides = [complaint.by_party, complaint.against]
    people = signers_of(*(side for side in sides if side != statement.party))
    _tell(complaint, "complaint_answered", [*people, *administrators()], but=statement.author)


def ended(complaint: Complaint) -> None:
    """Tell both sides how it ended."""
    people = signers_of(complaint.by_party, complaint.against)
    _tell(complaint, "complaint_ended", people, but=complaint.decided_by)


def remind() -> int:
    """Remind who has to answer or decide soon, once per complaint; return how many there were."""
    today = timezone.localdate()
    soon = Q(answer_by__lte=today + BEFORE) | Q(decide_by__lte=today + BEFORE)
    waiting = Complaint.objects.filter(soon, state=Complaint.State.OPEN, reminded_at=None)
    due = list(waiting.with_answers().select_related("deal", "against"))
    for complaint in due:
        is_answered = complaint.is_answered  # type: ignore[attr-defined]
        people = administrators() if is_answered else signers_of(complaint.against)
        _tell(complaint, "complaint_reminder", people, but=None)
        Complaint.objects.filter(pk=complaint.pk).update(reminded_at=timezone.now())
    return len(due)


def administrators() -> Iterable[User]:
    """Return who decides complaints."""
    return User.objects.filter(groups__name=ADMINISTRATORS)


def _tell(complaint: Complaint, template: str, people: Iterable[Any], *, but: Any) -> None:
    url = f"/deals/{complaint.deal_id}/complaints/{complaint.pk}/"
    reached = [person for person in people if person != but]
    notify(
        reached,
        topic=Topic.BINDING,
        template=template,
        url=url,
        about=("complaint:read", complaint),
        context={"complaint": complaint},
    )

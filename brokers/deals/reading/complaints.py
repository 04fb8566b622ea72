"""Complaints as their two sides and the administrators read them.

Invariant: names of parties and people come from `Reader`; who is neither a side nor an administrator
learns that there is a complaint, from the history, and nothing of what was said.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from brokers.deals.models import Complaint, Deal, Milestone, Party, Statement
from brokers.deals.reading.readers import Reader
from brokers.payments import charges
from brokers.payments.models import Charge
from marketplace.accounts.permissions import is_administrator
from marketplace.money import Money


@dataclass(frozen=True)
class Said:
    """A statement as the reader sees it."""

    statement: Statement
    side: str
    author: str
    is_complaint: bool
    at: datetime


def waiting() -> QuerySet[Complaint]:
    """Return all complaints for the administrators, those to be decided first by their day."""
    found = Complaint.objects.select_related(
        "deal__result",
        "milestone",
        *(
            f"{side}__{holder}"
            for side in ("by_party", "against")
            for holder in ("organisation", "user")
        ),
    )
    return found.order_by(F("decided_at").asc(nulls_first=True), "decide_by")


def of_deal(deal: Deal, reader: Reader) -> list[Complaint]:
    """Return the complaints of `deal` that `reader` may read."""
    found = deal.complaints.all()
    if is_administrator(reader.user):
        return list(found)
    mine = {party.pk for party in reader.parties}
    return [one for one in found if {one.by_party_id, one.against_id} & mine]


def complainable(deal: Deal) -> list[Milestone]:
    """Return the milestones of `deal` that were paid, and about which no complaint is open."""
    paid = Milestone.objects.filter(agreement__deal=deal, payment_reference__isnull=False)
    return list(paid.exclude(complaints__state=Complaint.State.OPEN).order_by("position"))


def others(reader: Reader) -> list[tuple[Party, str]]:
    """Return the parties that the reader can complain about, the other side of the table first."""
    order = (Party.Role.ENTERPRISE, Party.Role.INSTITUTION, Party.Role.TEAM, Party.Role.BROKER)
    mine = {party.pk for party in reader.parties}
    found = [line for line in reader.party_lines if line.party.pk not in mine]
    found.sort(key=lambda line: order.index(Party.Role(line.party.role)))
    return [
        (line.party, f"{capfirst(line.party.get_role_display())} · {line.name}") for line in found
    ]


def said(complaint: Complaint, reader: Reader) -> list[Said]:
    """Return what both sides said, in order."""
    statements = complaint.statements.select_related("party", "author", "file")
    return [
        Said(one, reader.name(one.party), reader.person(one.author), number == 0, one.made_at)
        for number, one in enumerate(statements)
    ]


def left_of(complaint: Complaint) -> Money | None:
    """Return what can be given back of the payment that `complaint` is about, None without one."""
    milestone = complaint.milestone
    if milestone is None or milestone.payment_reference is None:
        return None
    return charges.refundable(Charge.objects.get(pk=milestone.payment_reference))


def facts(complaint: Complaint, reader: Reader) -> list[tuple[str, Any]]:
    """Return who complains about what and whom, and until when it is decided."""
    found: list[tuple[str, Any]] = [
        (_("Opened by"), reader.name(complaint.by_party)),
        (_("Complaint about"), reader.name(complaint.against)),
        (_("About"), capfirst(complaint.get_kind_display())),
        *_money(complaint),
        (_("Opened"), localdate(complaint.opened_at)),
    ]
    if complaint.state == Complaint.State.OPEN:
        found += [
            (_("To be answered by"), complaint.answer_by),
            (_("To be decided by"), complaint.decide_by),
        ]
    return found


def _money(complaint: Complaint) -> list[tuple[str, str]]:
    if complaint.milestone is not None:
        return [(_("Milestone"), complaint.milestone.title)]
    if complaint.kind == Complaint.Kind.PAYMENT:
        return [(_("Money"), _("All money of the deal"))]
    return []

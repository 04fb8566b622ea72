"""The sections of a deal's page, and in which of them each thing stands.

Invariant: every link to a part of the page is made here, from the name of its place, so that a place
that moves to another section takes all links along, those of mails and the inbox too.
"""

from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Section(TextChoices):
    """A section, by its name in the resolver."""

    OVERVIEW = "deal", _("Overview")
    MILESTONES = "milestones", _("Milestones")
    MONEY = "money", _("Money")
    PAPERS = "papers", _("Papers")
    ROOM = "room", _("Room")
    HISTORY = "history", _("History")

    @property
    def route(self) -> str:
        """What follows the number of the deal in the address."""
        return "" if self is Section.OVERVIEW else f"{self.value}/"


PLACES = {
    "next": Section.OVERVIEW,
    "claims": Section.OVERVIEW,
    "parties": Section.OVERVIEW,
    "case": Section.OVERVIEW,
    "milestones": Section.MILESTONES,
    "royalties": Section.MILESTONES,
    "split": Section.MONEY,
    "invoices": Section.MONEY,
    "amendment": Section.PAPERS,
    "documents": Section.PAPERS,
    "due-diligence": Section.PAPERS,
    "registration": Section.PAPERS,
    "messages": Section.ROOM,
    "tasks": Section.ROOM,
    "files": Section.ROOM,
    "complaints": Section.HISTORY,
    "events": Section.HISTORY,
}
"""The places that links lead to, by the id of the element that stands there."""


def address(deal: Any, place: str) -> str:
    """Return the address of `place` on the page of the deal with the key `deal`."""
    return f"{reverse(f'deals:{PLACES[place]}', args=[deal])}#{place}"


def path(deal: Any, place: str) -> str:
    """Return the same as a path that any language can stand before, as notices take it."""
    return f"/deals/{deal}/{PLACES[place].route}#{place}"

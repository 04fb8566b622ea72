"""What stands above each section of a deal: where it is, who has to act, the way to the others.

Invariant: a number at a section says how much waits there for the reader; what a reader may not learn
of is in none of them.
"""

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from brokers.deals import protection, sections
from brokers.deals.reading import loading, tasks
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.room import waiting_in_room
from brokers.deals.reading.stage_line import stage_line
from brokers.deals.sections import PLACES, Section


def header(reader: Reader, section: Section) -> dict[str, Any]:
    """Return what every section shows; its deal was read `loading.with_parties`."""
    deal = reader.deal
    loading.add_work(deal)
    claims = protection.claims(deal)
    found = [*tasks.of_claims(deal, claims), *tasks.of(deal)]
    known = [task for task in found if task.is_known_to(reader)]
    mine = [task for task in known if task.is_for(reader)]
    return {
        "deal": deal,
        "reader": reader,
        "section": section,
        "stages": stage_line(deal, deal.events.exclude(to_stage="")),
        "claims": claims,
        "tasks": [_line(task, reader) for task in known],
        "act": next((_line(task, reader) for task in [*mine, *known]), None),
        "tabs": _tabs(reader, section, mine),
    }


def _line(task: tasks.Task, reader: Reader) -> dict[str, Any]:
    """Return `task` as `reader` sees it: whose it is, and a link for who can do it."""
    is_mine = task.is_for(reader)
    return {
        "label": task.label,
        "who": [reader.name(party) for party in task.parties] or [_("administrators")],
        "is_mine": is_mine,
        "url": task.url if is_mine else "",
        "place": sections.address(reader.deal.pk, task.place),
    }


def _tabs(reader: Reader, current: Section, mine: list[tasks.Task]) -> list[dict[str, Any]]:
    """Return the sections for `components/tabs.html`, each with how much waits there for the reader."""
    waiting = Counter(PLACES[task.place] for task in mine)
    waiting[Section.ROOM] += waiting_in_room(reader)
    return [
        {
            "title": section.label,
            "url": reverse(f"deals:{section}", args=[reader.deal.pk]),
            "waiting": waiting[section],
            "is_current": section == current,
        }
        for section in Section
    ]

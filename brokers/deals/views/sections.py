"""The page of a deal, section by section."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokers.deals.forms.steps import BrokerForm
from brokers.deals.models import Deal
from brokers.deals.reading.aside import aside_context
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.sections.header import header
from brokers.deals.reading.sections.history import history
from brokers.deals.reading.sections.milestones import milestones
from brokers.deals.reading.sections.money import money
from brokers.deals.reading.sections.overview import overview
from brokers.deals.reading.sections.papers import papers
from brokers.deals.reading.sections.room import room
from brokers.deals.sections import Section
from brokers.deals.views.lookup import known_deal

_WHOLE: dict[Section, Callable[[Reader], dict[str, Any]]] = {
    Section.OVERVIEW: overview,
    Section.MILESTONES: milestones,
    Section.MONEY: money,
    Section.PAPERS: papers,
}
_PAGED: dict[Section, Callable[[Reader, str | None], dict[str, Any]]] = {
    Section.ROOM: room,
    Section.HISTORY: history,
}


@login_required
@require_safe
def show(request: HttpRequest, pk: uuid.UUID, section: Section) -> HttpResponse:
    """Show a section; to who has left the deal, or is to join it, what is theirs of the whole."""
    found = known_deal(request, pk)
    if request.user.has_perm("deal:read", found):
        return section_page(request, found, section)
    return render(request, "deals/aside.html", aside_context(found, request.user))


def section_page(
    request: HttpRequest,
    deal: Deal,
    section: Section,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show a section of `deal`, with what was just refused on top."""
    reader = Reader.of(request.user, deal)
    context = {
        **header(reader, section),
        **_context(reader, section, request.GET.get("page")),
        "broker_form": BrokerForm(),
        "problems": problems,
        **more,
    }
    return render(request, f"deals/sections/{section.name.lower()}.html", context, status=status)


def _context(reader: Reader, section: Section, number: str | None) -> dict[str, Any]:
    if section in _PAGED:
        return _PAGED[section](reader, number)
    return _WHOLE[section](reader)

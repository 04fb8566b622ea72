"""The first section of a deal: what comes next, what brought it about, who takes part, what is new."""

from typing import Any

from django.urls import reverse

from brokers.deals import (
    case_consents,
    guards,
    progress,
    protection,
    versions,
)
from brokers.deals.models import Agreement, Deal, Document
from brokers.deals.reading import loading, tasks
from brokers.deals.reading.amendment import drafting
from brokers.deals.reading.history import history, told_events
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.room import message_lines
from brokers.deals.room import alerts
from brokers.deals.stages import PATH, Move, Stage
from marketplace.accounts.permissions import is_administrator
from marketplace.listings import visibility
from search.decisions.frozen import frozen_match

EVENTS_SHOWN = 5
MESSAGES_SHOWN = 3
NDA_OPEN = (Stage.NDA, Stage.EVALUATING)


def overview(reader: Reader) -> dict[str, Any]:
    """Return what the overview shows beside its header."""
    deal = reader.deal
    loading.add_milestones(deal)
    agreement = versions.current(deal)
    thread = deal.messages.select_related("author", "party")
    return {
        "standstill": alerts.standstill(deal),
        "match": frozen_match(deal.introduction.decision),
        "introduced_by": reader.person(deal.introduction.introduced_by),
        "moves": _moves(reader),
        "agreement": agreement,
        "price": versions.price(versions.milestones_of(deal), agreement.currency)
        if agreement
        else None,
        "amendment": versions.amendment(deal),
        "may_carry": reader.acts_for(*tasks.DRAFTERS) and protection.is_joinable(deal),
        "may_decide_claims": is_administrator(reader.user),
        "in_room": bool(reader.parties),
        "messages_shown": message_lines(thread[:MESSAGES_SHOWN], reader) if reader.parties else [],
        "events": history(deal, told_events(deal)[:EVENTS_SHOWN], reader),
        "case": _case(reader),
        "may": _abilities(reader, agreement),
    }


def _moves(reader: Reader) -> dict[str, list[tuple[Move, list[str]]]]:
    """Return the moves of the reader apart: those along the path, and those that leave it."""
    deal = reader.deal
    ahead = PATH[PATH.index(Stage(deal.stage)) + 1 :] if deal.stage in PATH else ()
    found: dict[str, list[tuple[Move, list[str]]]] = {"on": [], "off": []}
    for move, missing in progress.possible_moves(deal, reader.user):
        found["on" if move.target in ahead else "off"].append((move, missing))
    return found


def _case(reader: Reader) -> dict[str, Any] | None:
    """Return what the parties say about showing the deal to everybody; nothing before it came about."""
    deal = reader.deal
    if deal.stage not in case_consents.SHOWN:
        return None
    return {
        "is_shown": case_consents.is_shown(deal),
        "lines": [
            {
                "name": reader.name(party),
                "said": case_consents.consent_of(party),
                "url": reverse("deals:case", args=[deal.pk, party.pk])
                if party in reader.approved
                else "",
            }
            for party in deal.parties.all()
        ],
        "may_ask": is_administrator(reader.user) and case_consents.silent(deal),
    }


def _abilities(reader: Reader, agreement: Agreement | None) -> dict[str, bool]:
    deal: Deal = reader.deal
    drafts = reader.acts_for(*tasks.DRAFTERS)
    is_frozen = agreement is not None and agreement.state != Agreement.State.DRAFT
    before = deal.stage in PATH and PATH.index(Stage(deal.stage)) < PATH.index(Stage.AGREED)
    return {
        **drafting(reader),
        "draw_up_nda": drafts
        and deal.stage in NDA_OPEN
        and guards.current_document(deal, Document.Kind.NDA) is None,
        "add_broker": drafts and before and not is_frozen,
        "open_result": visibility.access(reader.user, deal.result) is not None,
        "open_need": visibility.access(reader.user, deal.need) is not None,
    }

"""All that the page of a deal shows to one reader.

Invariant: the number of queries does not depend on how many milestones, payments, ledger rows, files
or events the deal has.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from brokers.deals import (
    agreements,
    case_consents,
    documents,
    files,
    guards,
    notices,
    plan_words,
    progress,
    versions,
)
from brokers.deals.models import Agreement, Deal, DealFile, Document
from brokers.deals.permissions import is_paid_as
from brokers.deals.reading import complaints, loading, split, tasks
from brokers.deals.reading.amendment import pending_amendment, version_lines
from brokers.deals.reading.compliance import compliance_context
from brokers.deals.reading.history import history
from brokers.deals.reading.invoices import invoices_context
from brokers.deals.reading.milestones import milestone_rows
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.room import claim_tasks, room_context
from brokers.deals.reading.royalties import royalty_lines
from brokers.deals.reading.stage_line import stage_line
from brokers.deals.stages import PATH, Move, Stage
from brokers.settlement.models import Receipt, SplitShare
from brokers.settlement.plan import PLATFORM, Payee
from marketplace.accounts.permissions import is_administrator, is_finance
from marketplace.listings import visibility
from marketplace.money import Money
from search.decisions.frozen import frozen_match

EVENTS_SHOWN = 12
NDA_OPEN = (Stage.NDA, Stage.EVALUATING)


def deal_context(deal: Deal, user: Any) -> dict[str, Any]:
    """Return the context of `deals/deal.html` for `user`, who may read `deal`."""
    loading.add_work(deal)
    reader = Reader.of(user, deal)
    events = list(deal.events.select_related("actor"))
    agreement = versions.current(deal)
    own_files = files.readable(deal, user)
    lines = history(deal, reversed(events), reader)
    room = room_context(deal, reader)
    known = (task for task in tasks.of(deal) if task.is_known_to(reader))
    to_do = [*claim_tasks(deal, room["claims"]), *known]
    return {
        "deal": deal,
        "reader": reader,
        "match": frozen_match(deal.introduction.decision),
        "introduced_by": reader.person(deal.introduction.introduced_by),
        "stages": stage_line(deal, events),
        "tasks": [task_line(task, reader) for task in to_do],
        "moves": _moves(deal, user),
        "agreement": agreement,
        "pending": pending_amendment(deal, reader),
        "versions": version_lines(deal),
        "documents": _documents(deal, reader),
        "files": own_files,
        **compliance_context(deal, agreement, reader),
        **invoices_context(deal, agreement, reader),
        "royalties": royalty_lines(agreement, reader) if agreement else [],
        "complaints": complaints.of_deal(deal, reader),
        "case": _case(deal, reader),
        **room,
        "recent": lines[:EVENTS_SHOWN],
        "earlier": lines[EVENTS_SHOWN:],
        "may": _abilities(deal, reader, agreement),
        **_money(deal, agreement, own_files, reader),
    }


def _case(deal: Deal, reader: Reader) -> dict[str, Any] | None:
    """Return what the parties say about showing the deal to everybody; nothing before it came about."""
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


def task_line(task: tasks.Task, reader: Reader) -> dict[str, Any]:
    """Return `task` as `reader` sees it: whose it is, and a link for who can do it."""
    return {
        "label": task.label,
        "who": [reader.name(party) for party in task.parties] or [_("administrators")],
        "url": task.url if task.is_for(reader) else "",
    }


def payees_of(deal: Deal) -> list[Payee]:
    """Return everybody who gets a part of what is paid in `deal`, under any version of its plan."""
    rows = SplitShare.objects.filter(plan__deal_reference=deal.pk, plan__receipts__isnull=False)
    shares = rows.select_related("plan").distinct()
    payees = {row.payee for row in shares}
    payees |= {PLATFORM for row in shares if row.plan.plan.platform_fee}
    return sorted(payees)


def _moves(deal: Deal, user: Any) -> dict[str, list[tuple[Move, list[str]]]]:
    """Return the moves of `user` apart: those along the path, and those that leave it."""
    ahead = PATH[PATH.index(Stage(deal.stage)) + 1 :] if deal.stage in PATH else ()
    found: dict[str, list[tuple[Move, list[str]]]] = {"on": [], "off": []}
    for move, missing in progress.possible_moves(deal, user):
        found["on" if move.target in ahead else "off"].append((move, missing))
    return found


def _documents(deal: Deal, reader: Reader) -> list[dict[str, Any]]:
    """Return the documents, those in force first, each with its signatures and who is missing."""
    ordered = sorted(deal.documents.all(), key=lambda d: (d.withdrawn_at is not None, -d.version))
    return [document_line(document, reader) for document in ordered]


def document_line(document: Document, reader: Reader) -> dict[str, Any]:
    """Return `document` with who signed when, who has not, and whether `reader` signs next."""
    unsigned = guards.unsigned_parties(document)
    is_open = document.withdrawn_at is None
    return {
        "document": document,
        "signatures": [
            {"party": reader.name(s.party), "person": reader.person(s.user), "at": s.signed_at}
            for s in document.signatures.all()
        ],
        "unsigned": [reader.name(party) for party in unsigned] if is_open else [],
        "signs": documents.is_signable(document, reader.deal)
        and any(party in reader.signing for party in unsigned),
    }


def _abilities(deal: Deal, reader: Reader, agreement: Agreement | None) -> dict[str, bool]:
    drafts = reader.acts_for("institution", "enterprise", "broker")
    negotiating = deal.stage == Stage.NEGOTIATING
    is_frozen = agreement is not None and agreement.state != Agreement.State.DRAFT
    has_nda = tasks.current_document(deal, Document.Kind.NDA) is not None
    before = deal.stage in PATH and PATH.index(Stage(deal.stage)) < PATH.index(Stage.AGREED)
    return {
        "draft": drafts and negotiating,
        "amend": drafts and agreements.is_amended(deal),
        "draw_up_nda": drafts and deal.stage in NDA_OPEN and not has_nda,
        "add_broker": drafts and before and not is_frozen,
        "add_file": bool(reader.parties),
        "complain": bool(reader.approved) and deal.stage != Stage.INTRODUCED,
        "open_result": visibility.access(reader.user, deal.result) is not None,
        "open_need": visibility.access(reader.user, deal.need) is not None,
        "record_due_diligence": reader.acts_for("institution") and notices.is_publishable(deal),
    }


def _money(
    deal: Deal, agreement: Agreement | None, own_files: Sequence[DealFile], reader: Reader
) -> dict[str, Any]:
    if agreement is None:
        return {"milestones": [], "splits": [], "estimate": [], "statements": []}
    milestones = versions.milestones_of(deal)
    splits = split.settled_splits(
        deal, milestones, split.evidence_links(own_files), reader.payee_names
    )
    is_planned = agreement.plan is not None and not splits
    return {
        "milestones": milestone_rows(deal, milestones, reader),
        "price": versions.price(milestones, agreement.currency),
        "received": _received(deal, agreement.currency),
        "splits": splits,
        "estimate": split.estimate(
            agreement.plan.plan,
            split.terms_of(milestones),
            agreement.tax_basis_points,
            known=reader.payee_names,
        )
        if is_planned and agreement.plan
        else [],
        "statements": _statements(deal, reader),
        "shares": plan_words.describe(agreement.plan.plan, reader.payee_names)
        if agreement.plan
        else [],
    }


def _received(deal: Deal, currency: str) -> dict[str, Money]:
    """Return what was paid and what of it was given back, in the agreement's currency."""
    receipts = Receipt.objects.filter(book=deal.pk, currency=currency)
    amounts = receipts.annotate(back=Coalesce(Sum("refunds__amount"), 0))
    pairs = amounts.values_list("gross_amount", "back")
    return {
        "paid": Money(sum(paid for paid, _back in pairs), currency),
        "refunded": Money(sum(back for _paid, back in pairs), currency),
    }


def _statements(deal: Deal, reader: Reader) -> list[tuple[Payee, str]]:
    """Return the payees whose statements `reader` may read, with their names."""
    oversees = is_finance(reader.user)
    payees = [
        payee
        for payee in payees_of(deal)
        if oversees or is_paid_as(reader.user, payee, roles=reader.roles)
    ]
    names = plan_words.payee_names(payees, reader.payee_names)
    return [(payee, names[payee]) for payee in payees]

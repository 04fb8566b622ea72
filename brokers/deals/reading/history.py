"""The history of a deal in words: what happened, when, and who did it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokers.deals.models import Deal, DealEvent, Party
from brokers.deals.reading.readers import Reader
from brokers.deals.stages import Stage
from marketplace.amounts import with_currency
from marketplace.money import AmountError, parse

SENTENCES = {
    "introduced": gettext_lazy("Introduced to each other"),
    "open_nda": gettext_lazy("A confidentiality agreement is to be prepared"),
    "disclose": gettext_lazy("The enterprise disclosed itself"),
    "evaluate_openly": gettext_lazy("Evaluation started without a confidentiality agreement"),
    "evaluate": gettext_lazy("Evaluation started"),
    "negotiate": gettext_lazy("Negotiation started"),
    "agree": gettext_lazy("Agreed"),
    "renegotiate": gettext_lazy("Negotiation started again"),
    "perform": gettext_lazy("Performance started"),
    "complete": gettext_lazy("Completed"),
    "decline": gettext_lazy("Declined"),
    "terminate": gettext_lazy("Terminated"),
    "dispute": gettext_lazy("The money is held until a complaint is decided"),
    "resume": gettext_lazy("Performance goes on"),
    "end_dispute": gettext_lazy("The agreement ends by decision on a complaint"),
    "broker_joined": gettext_lazy("%(party)s joined as broker"),
    "nda_drawn_up": gettext_lazy("Confidentiality agreement drawn up, version %(version)s"),
    "nda_signed": gettext_lazy("%(party)s signed the confidentiality agreement"),
    "agreement_proposed": gettext_lazy("Agreement proposed for signature, version %(version)s"),
    "agreement_signed": gettext_lazy("%(party)s signed the agreement, version %(version)s"),
    "amended": gettext_lazy("Version %(version)s of the agreement is in force"),
    "amendment_declined": gettext_lazy("%(party)s declined version %(version)s of the agreement"),
    "amendment_withdrawn": gettext_lazy("Version %(version)s of the agreement was withdrawn"),
    "amendment_draft_dropped": gettext_lazy("The draft of an amendment was given up"),
    "due_diligence_recorded": gettext_lazy("Due-diligence record updated"),
    "notice_published": gettext_lazy("Name and price put on public notice: %(amount)s"),
    "objection_entered": gettext_lazy("An objection to the public notice was entered"),
    "objection_upheld": gettext_lazy("An objection to the public notice was upheld"),
    "objection_rejected": gettext_lazy("An objection to the public notice was rejected"),
    "registration_preparing": gettext_lazy("The registration of the contract is being prepared"),
    "registration_submitted": gettext_lazy("The contract was submitted for registration"),
    "registration_registered": gettext_lazy("The contract was registered"),
    "registration_refused": gettext_lazy("The registration of the contract was refused"),
    "file_added": gettext_lazy("File added"),
    "task_added": gettext_lazy("Task set"),
    "task_done": gettext_lazy("Task done"),
    "task_reopened": gettext_lazy("Task taken up again"),
    "broker_excluded": gettext_lazy("The claim of an earlier broker was ended"),
    "milestone_paid": gettext_lazy("“%(milestone)s” was paid"),
    "payment_failed": gettext_lazy("A payment of “%(milestone)s” did not come about"),
    "delivered": gettext_lazy("“%(milestone)s” was delivered"),
    "accepted": gettext_lazy("“%(milestone)s” was accepted"),
    "cost_proven": gettext_lazy("Evidence of a direct cost added"),
    "cost_approved": gettext_lazy("A direct cost was approved"),
    "cost_refused": gettext_lazy("The evidence of a direct cost was refused"),
    "invoice_recorded": gettext_lazy("An invoice of %(amount)s was recorded"),
    "invoice_voided": gettext_lazy("An invoice was declared void"),
    "royalty_reported": gettext_lazy("A royalty was reported: %(amount)s due"),
    "payout_passed_on": gettext_lazy("The institution passed a payout on"),
    "settled": gettext_lazy("The payment of “%(milestone)s” was split"),
    "refund_requested": gettext_lazy("A refund of %(amount)s was ordered"),
    "refunded": gettext_lazy("%(amount)s was refunded"),
    "refund_failed": gettext_lazy("A refund of %(amount)s did not arrive"),
    "chargeback_opened": gettext_lazy(
        "The payer's bank took %(amount)s back until it decides a dispute"
    ),
    "chargeback_won": gettext_lazy("The payer's bank released the %(amount)s that it disputed"),
    "chargeback_lost": gettext_lazy("The payer's bank keeps the %(amount)s that it disputed"),
    "payout_settled": gettext_lazy("A payout arrived"),
    "payout_failed": gettext_lazy("A payout did not arrive and is owed again"),
    "complaint_opened": gettext_lazy("A complaint was opened"),
    "money_held": gettext_lazy("The money of “%(milestone)s” is held until a complaint is decided"),
    "money_let_go": gettext_lazy("A complaint does not hold the money of “%(milestone)s” any more"),
    "complaint_answered": gettext_lazy("A complaint was answered"),
    "complaint_withdrawn": gettext_lazy("A complaint was withdrawn"),
    "complaint_decided": gettext_lazy("A complaint was decided"),
    "case_asked": gettext_lazy("The platform asked whether this deal may be a typical case"),
    "case_allowed": gettext_lazy("%(party)s allows this deal to be a typical case"),
    "case_refused": gettext_lazy("%(party)s does not allow this deal to be a typical case"),
    "payout_retried": gettext_lazy("What is owed is paid out again"),
}
UNTOLD = frozenset({"agreement_drawn_up"})
"""Events that another one of the same moment tells better."""


@dataclass(frozen=True)
class Line:
    """One line of the history; `actor` is empty for what happened by itself."""

    at: datetime
    text: str
    actor: str
    note: str = ""


def told_events(deal: Deal) -> QuerySet[DealEvent]:
    """Return the events of `deal` that have a line of their own, the newest first."""
    return deal.events.exclude(kind__in=UNTOLD).select_related("actor").order_by("-at", "-pk")


def history(deal: Deal, events: Iterable[DealEvent], reader: Reader) -> list[Line]:
    """Return `events` of `deal` in words for `reader`, in the order given."""
    titles = {
        str(milestone.pk): milestone.title
        for agreement in deal.agreements.all()
        for milestone in agreement.milestones.all()
    }
    names = {party.pk: reader.name(party) for party in _everybody(deal)}
    return [
        Line(event.at, _sentence(event, titles, names), reader.person(event.actor), event.note)
        for event in events
        if event.kind not in UNTOLD
    ]


def _everybody(deal: Deal) -> Iterable[Party]:
    """Return who is or was party of `deal`, or was to be."""
    return Party.every.filter(deal=deal).select_related("organisation", "user")


def _sentence(event: DealEvent, titles: Mapping[str, str], names: Mapping[int, str]) -> str:
    sentence = SENTENCES.get(event.kind)
    if sentence is None:
        return str(Stage(event.to_stage).label) if event.to_stage else event.kind
    data: dict[str, Any] = event.data
    shown = {
        "version": data.get("version", ""),
        "milestone": titles.get(data.get("milestone", ""), _("a milestone")),
        "party": names.get(data.get("party", 0), _("a party")),
        "amount": _amount(data.get("amount", "")),
    }
    return str(sentence) % shown


def _amount(text: str) -> str:
    digits, _space, currency = text.partition(" ")
    try:
        return with_currency(parse(digits, currency))
    except AmountError:
        return text

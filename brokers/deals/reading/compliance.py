"""What is on record about a deal because the law wants it: the record, notices, the registration."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals import notices
from brokers.deals.models import (
    Agreement,
    Deal,
    DueDiligence,
    Objection,
    PublicNotice,
    Registration,
)
from brokers.deals.reading.readers import Reader
from marketplace import dates
from marketplace.accounts.permissions import is_administrator
from marketplace.amounts import percent_digits, percentage, with_currency
from marketplace.money import Money

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class NoticeLine:
    """A notice with its objections; `may_decide` says whether the reader decides them."""

    notice: PublicNotice
    objections: list[Objection]
    may_decide: bool


def compliance_context(deal: Deal, agreement: Agreement | None, reader: Reader) -> dict[str, Any]:
    """Return what the papers of a deal show of all this to `reader`."""
    record: DueDiligence | None = getattr(deal, "due_diligence", None)
    registration = registration_of(agreement) if agreement else None
    institution = reader.acts_for("institution")
    approves = reader.acts_for("institution", approver=True)
    may_export = record is not None and reader.user.has_perm("deal:export_record", deal)
    is_signed = agreement is not None and agreement.state == Agreement.State.SIGNED
    return {
        "due_diligence": record,
        "record_facts": record_facts(record) if record and may_export else [],
        "shows_minutes": institution or is_administrator(reader.user),
        "notices": [NoticeLine(n, list(n.objections.all()), approves) for n in deal.notices.all()],
        "registration": registration,
        "registration_facts": registration_facts(registration) if registration else [],
        "earlier_registrations": _earlier(deal),
        "may_record_due_diligence": institution and notices.is_publishable(deal),
        "may_publish": approves and notices.is_publishable(deal),
        "may_register": institution and is_signed,
        "may_download_pack": is_signed,
        "may_export": may_export,
        "names_objectors": institution,
    }


def _earlier(deal: Deal) -> list[tuple[int, Facts]]:
    """Return the registrations of versions that were amended: what was paid under them has these."""
    amended = (a for a in deal.agreements.all() if a.state == Agreement.State.AMENDED)
    found = ((agreement.version, registration_of(agreement)) for agreement in amended)
    return [(version, registration_facts(one)) for version, one in found if one]


def registration_of(agreement: Agreement) -> Registration | None:
    """Return the registration of `agreement`, if anything is recorded about it."""
    return getattr(agreement, "registration", None)


def record_facts(record: DueDiligence) -> Facts:
    """Return what the record says, field by field, without what does not apply."""
    facts = []
    for name in DueDiligence.FACTS:
        value = getattr(record, name)
        if value in (None, "") and name.startswith(("rights_", "export")):
            continue
        label = DueDiligence._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        facts.append((capfirst(str(label)), _shown(record, name)))
    return facts


def notice_facts(notice: PublicNotice) -> Facts:
    """Return what stood on the notice, and for how long."""
    return [
        (_("Name of the result"), notice.subject),
        (_("Price"), with_currency(notice.money)),
        (_("How the price was found"), notice.basis),
        (_("On public notice"), period_text(notice)),
    ]


def period_text(notice: PublicNotice) -> str:
    """Return from when until when the notice stands, or stood before it was withdrawn."""
    first, last = (dates.day(day) for day in (notice.opens_on, notice.closes_on))
    text = _("from %(first)s until %(last)s") % {"first": first, "last": last}
    if notice.withdrawn_at is not None:
        text += _(", withdrawn %(date)s") % {"date": dates.day(notice.withdrawn_at)}
    return text


def registration_facts(registration: Registration) -> Facts:
    """Return how the registration stands, without what is not known yet."""
    facts: list[tuple[Any, Any]] = [
        (_("State"), registration.get_state_display()),
        (_("Number of the registration"), registration.number),
        (_("Registered on"), registration.registered_on),
        (_("Contract amount"), registration.total),
        (_("Technology amount"), registration.technology),
        (_("Exempt from VAT"), registration.vat_exempt),
    ]
    return [(label, _in_words(value)) for label, value in facts if value not in (None, "")]


def _shown(record: DueDiligence, name: str) -> str:
    value = getattr(record, name)
    if name in ("pricing_mode", "rights"):
        return str(getattr(record, f"get_{name}_display")())
    if name == "rights_share":
        return percentage(percent_digits(value))
    return _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Money):
        return with_currency(value)
    return dates.day(value) if isinstance(value, date) else str(value)

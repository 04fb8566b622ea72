"""The due-diligence record (尽职免责) as one paper: all that was done before and after agreeing.

Invariant: it says what the books and records say on the day of the export, each file by its SHA-256, and
is for the institution and the administrators alone, since it names who objected.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals import plan_words, versions
from brokers.deals.models import Agreement, Deal, DealFile, DueDiligence
from brokers.deals.reading import compliance
from brokers.deals.reading.history import history
from brokers.deals.reading.readers import Reader
from marketplace import dates
from marketplace.amounts import with_currency
from marketplace.pdf import Paper


def due_diligence_paper(deal: Deal, user: Any) -> bytes:
    """Return the PDF of the record of `deal` for `user`, in their language."""
    reader = Reader.of(user, deal)
    paper = Paper(title=_("Due-diligence record"), reference=deal.reference)
    today = {"day": dates.day(timezone.localdate())}
    paper.text(_("Exported on %(day)s from the records of the platform.") % today, quiet=True)
    _deal(paper, deal, reader)
    _record(paper, getattr(deal, "due_diligence", None))
    _notices(paper, deal)
    agreement = versions.current(deal)
    if agreement is not None:
        _agreement(paper, agreement)
        _registration(paper, agreement)
    _files(paper, deal)
    _history(paper, deal, reader)
    return paper.content()


def _deal(paper: Paper, deal: Deal, reader: Reader) -> None:
    paper.heading(_("The deal"))
    paper.facts(
        [
            (_("Research result"), deal.result.title),
            (_("Technology need"), deal.need.title),
            (_("Stage"), str(deal.get_stage_display())),
            *_names(reader),
        ]
    )


def _names(reader: Reader) -> Iterator[tuple[str, str]]:
    for line in reader.party_lines:
        yield capfirst(line.party.get_role_display()), line.name


def _record(paper: Paper, record: DueDiligence | None) -> None:
    paper.heading(_("Pricing, approval, relations, rights"))
    if record is None:
        paper.text(_("Nothing is recorded."))
        return
    facts = compliance.record_facts(record)
    if record.minutes is not None:
        facts.append((_("Minutes, SHA-256"), record.minutes.file.sha256))
    facts.append((_("Recorded by"), record.recorded_by.name))
    paper.facts(facts)


def _notices(paper: Paper, deal: Deal) -> None:
    for notice in deal.notices.prefetch_related("objections__author", "objections__decided_by"):
        paper.heading(_("Public notice"))
        paper.facts(
            [
                *compliance.notice_facts(notice),
                (_("Address"), settings.SITE_URL + notice.get_absolute_url()),
            ]
        )
        objections = list(notice.objections.all())
        if not objections:
            paper.text(_("No objection was entered."))
            continue
        rows = [
            [
                f"{dates.short_day(o.entered_at)} {o.author.name}",
                o.text,
                capfirst(o.get_state_display()),
                o.decision,
            ]
            for o in objections
        ]
        head = [_("Entered"), _("Objection"), _("Decision"), _("Reason")]
        paper.table(head, rows, widths=(3, 5, 2, 5))


def _agreement(paper: Paper, agreement: Agreement) -> None:
    paper.heading(_("Agreement"))
    facts = [
        (_("Version"), str(agreement.version)),
        (_("State"), str(agreement.get_state_display())),
        (_("Type of contract"), str(agreement.get_contract_type_display())),
        (_("Price"), with_currency(versions.total(agreement))),
        (_("Tax treatment"), str(agreement.get_tax_treatment_display())),
    ]
    if agreement.plan is not None:
        plan = agreement.plan.plan
        shares = plan_words.describe(plan)
        facts += [(capfirst(one.label), "\n".join([one.text, *one.members])) for one in shares]
        facts += [(_("Policy of the institution"), plan.policy)] if plan.policy else []
        facts += [(_("Least share of the team"), plan.floor.source)] if plan.floor else []
        facts.append((_("Split plan, SHA-256"), agreement.plan.digest))
    paper.facts(facts)
    if agreement.document is not None:
        sha256 = {"sha256": agreement.document.sha256}
        paper.text(_("Text of the agreement, SHA-256: %(sha256)s") % sha256)
        signatures = agreement.document.signatures.select_related("party", "user")
        rows = [
            [str(s.party), s.user.name, dates.minute(s.signed_at), s.address] for s in signatures
        ]
        head = [_("Party"), _("Signed by"), _("Time"), _("Network address")]
        paper.table(head, rows, widths=(5, 3, 4, 3))


def _registration(paper: Paper, agreement: Agreement) -> None:
    registration = compliance.registration_of(agreement)
    if registration is None:
        return
    paper.heading(_("Registration of the contract"))
    facts = compliance.registration_facts(registration)
    if registration.certificate is not None:
        facts.append((_("Certificate, SHA-256"), registration.certificate.file.sha256))
    paper.facts(facts)


def _files(paper: Paper, deal: Deal) -> None:
    kinds = (DealFile.Kind.SEALED_CONTRACT, DealFile.Kind.MINUTES, DealFile.Kind.EVIDENCE)
    files = deal.files.filter(kind__in=kinds).select_related("file", "added_by")
    rows = [
        [f.get_kind_display(), f.title, dates.short_day(f.added_at), f.file.sha256] for f in files
    ]
    if rows:
        paper.heading(_("Files"))
        head = [_("Kind of file"), _("Title"), _("Date"), "SHA-256"]
        paper.table(head, rows, widths=(2, 3, 2, 6))


def _history(paper: Paper, deal: Deal, reader: Reader) -> None:
    paper.heading(_("History"))
    events = list(deal.events.select_related("actor"))
    lines = history(deal, events, reader)
    rows = [[dates.minute(x.at), x.text, x.actor, x.note] for x in lines]
    paper.table([_("Time"), _("What"), _("Who"), _("Note")], rows, widths=(3, 5, 3, 4))

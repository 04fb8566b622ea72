"""What has to happen before a deal goes on, and who has to do it.

Pure over a deal read `loading.with_work`: it asks the database nothing, so that a list of deals costs
as much as one. Who may really do it is asked again by the service that does it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from brokers.deals import versions
from brokers.deals.guards import unsigned_parties
from brokers.deals.models import (
    Agreement,
    Complaint,
    Deal,
    Document,
    Milestone,
    Objection,
    Party,
)
from brokers.deals.models.compliance import PricingMode
from brokers.deals.reading.readers import Reader
from brokers.deals.reporting_periods import next_period
from brokers.deals.stages import Stage
from marketplace.accounts.permissions import is_administrator

Role = Party.Role
DRAFTERS = (Role.INSTITUTION, Role.ENTERPRISE, Role.BROKER)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do, by any of `parties`; by a member who may sign where `approver`.

    Administrators do it where it is for nobody else. It is `known_to` these parties and administrators
    alone, or, where that is None, to everybody who takes part.
    """

    label: str
    parties: tuple[Party, ...]
    url: str
    approver: bool = False
    known_to: tuple[Party, ...] | None = None

    def is_for(self, reader: Reader) -> bool:
        """Whether `reader` is one of those who can do it."""
        able = reader.approved if self.approver else reader.parties
        if not self.parties:
            return is_administrator(reader.user) and not reader.parties
        return any(party in able for party in self.parties)

    def is_known_to(self, reader: Reader) -> bool:
        """Whether `reader` may learn of it."""
        if self.known_to is None or is_administrator(reader.user):
            return True
        return any(party in reader.parties for party in self.known_to)


def of(deal: Deal) -> list[Task]:
    """Return what has to happen in `deal` now, the next thing first."""
    step = _STEPS.get(Stage(deal.stage))
    return [*_complaints(deal), *(step(deal) if step else ())]


def current_document(deal: Deal, kind: Document.Kind) -> Document | None:
    """Return the document of `kind` that is not withdrawn, from what was read with `deal`."""
    current = (d for d in deal.documents.all() if d.kind == kind and d.withdrawn_at is None)
    return next(current, None)


def _parties(deal: Deal, roles: Iterable[str]) -> tuple[Party, ...]:
    return tuple(party for party in deal.parties.all() if party.role in roles)


def _complaints(deal: Deal) -> Iterator[Task]:
    """Yield who answers and who decides the open complaints; only the two sides know."""
    still_open = (one for one in deal.complaints.all() if one.state == Complaint.State.OPEN)
    for complaint in sorted(still_open, key=lambda one: one.decide_by):
        sides = (complaint.by_party, complaint.against)
        is_answered = any(s.party_id == complaint.against_id for s in complaint.statements.all())
        if not is_answered:
            label = _("Answer the complaint by %(date)s")
            yield Task(
                label=label % {"date": date_format(complaint.answer_by, "DATE_FORMAT")},
                parties=(complaint.against,),
                url=complaint.get_absolute_url(),
                known_to=sides,
            )
        if is_answered or complaint.answer_by < timezone.localdate():
            label = _("Decide the complaint by %(date)s")
            yield Task(
                label=label % {"date": date_format(complaint.decide_by, "DATE_FORMAT")},
                parties=(),
                url=complaint.get_absolute_url(),
                known_to=sides,
            )


def _decide(deal: Deal) -> Iterator[Task]:
    url = f"{deal.get_absolute_url()}#next"
    if deal.enterprise_disclosed:
        label = _("Prepare a confidentiality agreement, or start evaluating without one")
        yield Task(label=label, parties=_parties(deal, DRAFTERS), url=url)
    else:
        label = _("Disclose your organisation to go on, or decline")
        yield Task(label=label, parties=_parties(deal, (Role.ENTERPRISE,)), url=url)


def _keep_secret(deal: Deal) -> Iterator[Task]:
    document = current_document(deal, Document.Kind.NDA)
    if document is None:
        yield Task(
            label=_("Draw up the confidentiality agreement"),
            parties=_parties(deal, DRAFTERS),
            url=f"{deal.get_absolute_url()}#documents",
        )
    else:
        yield from _sign(document, _("Sign the confidentiality agreement"))


def _evaluate(deal: Deal) -> Iterator[Task]:
    yield Task(
        label=_("Evaluate, then start negotiating or decline"),
        parties=_parties(deal, DRAFTERS),
        url=f"{deal.get_absolute_url()}#next",
    )


def _negotiate(deal: Deal) -> Iterator[Task]:
    agreement = versions.current(deal)
    if agreement is None or agreement.state == Agreement.State.DRAFT:
        label = _("Finish the draft and propose it") if agreement else _("Draft the agreement")
        url = reverse("deals:agreement", args=[deal.pk])
        yield Task(label=label, parties=_parties(deal, DRAFTERS), url=url)
    elif document := current_document(deal, Document.Kind.AGREEMENT):
        yield from _sign(document, _("Sign the agreement"))
    if deal.institution.state_established:
        yield from _comply(deal)


def _comply(deal: Deal) -> Iterator[Task]:
    """Yield what a state-established institution has to do before it agrees."""
    institution = _parties(deal, (Role.INSTITUTION,))
    record = getattr(deal, "due_diligence", None)
    if record is None:
        yield Task(
            label=_("Complete the due-diligence record"),
            parties=institution,
            url=reverse("deals:due_diligence", args=[deal.pk]),
        )
    elif record.pricing_mode == PricingMode.AGREEMENT:
        yield from _notice(deal, institution)


def _notice(deal: Deal, institution: tuple[Party, ...]) -> Iterator[Task]:
    notice = next((n for n in deal.notices.all() if n.withdrawn_at is None), None)
    if notice is None:
        label, url = _("Put name and price on public notice"), "deals:publish_notice"
        yield Task(
            label=label, parties=institution, url=reverse(url, args=[deal.pk]), approver=True
        )
        return
    for objection in notice.objections.all():
        if objection.state == Objection.State.OPEN:
            yield Task(
                label=_("Decide an objection to the public notice"),
                parties=institution,
                url=reverse("deals:decide_objection", args=[deal.pk, objection.pk]),
                approver=True,
            )


def _sign(document: Document, label: str) -> Iterator[Task]:
    if unsigned := unsigned_parties(document):
        url = reverse("deals:document", args=[document.deal_id, document.pk])
        yield Task(label=label, parties=tuple(unsigned), url=url, approver=True)


def _perform(deal: Deal) -> Iterator[Task]:
    agreement = versions.in_force(deal)
    if amended := versions.amendment(deal):
        yield from _amend(deal, amended)
    if agreement is not None:
        for milestone in versions.milestones_of(deal):
            yield from _milestone(deal, milestone)
        for royalty in agreement.royalties.all():
            period = next_period(royalty)
            if period is not None and period.is_over:
                yield Task(
                    label=_("Report the royalty “%(title)s”") % {"title": royalty.title},
                    parties=_parties(deal, (Role.ENTERPRISE,)),
                    url=reverse("deals:report_royalty", args=[deal.pk, royalty.pk]),
                )


def _amend(deal: Deal, amended: Agreement) -> Iterator[Task]:
    """Yield who has to act on the amendment, and on the confidentiality agreement of who joins."""
    drafters = _parties(deal, DRAFTERS)
    text = next((d for d in deal.documents.all() if d.pk == amended.document_id), None)
    if amended.state == Agreement.State.PROPOSED and text is not None:
        nda = current_document(deal, Document.Kind.NDA)
        if nda is not None and nda.signatures.all():
            yield from _sign(nda, _("Sign the confidentiality agreement"))
        if unsigned_parties(text):
            yield from _sign(text, _("Sign the amendment"))
        else:
            label, url = _("Put the amendment into force"), f"{deal.get_absolute_url()}#amendment"
            yield Task(label=label, parties=drafters, url=url)
        if deal.institution.state_established:
            yield from _comply(deal)
        return
    label = _("Finish the draft of the amendment and propose it")
    if amended.state == Agreement.State.DECLINED:
        label = _("Change the declined amendment, or withdraw it")
    yield Task(label=label, parties=drafters, url=reverse("deals:agreement", args=[deal.pk]))


def _milestone(deal: Deal, milestone: Milestone) -> Iterator[Task]:
    enterprise = _parties(deal, (Role.ENTERPRISE,))
    title = {"title": milestone.title}
    if milestone.paid_at is None:
        url = reverse("deals:pay", args=[deal.pk, milestone.pk])
        yield Task(label=_("Pay “%(title)s”") % title, parties=enterprise, url=url, approver=True)
    elif milestone.delivered_at is None:
        url = reverse("deals:deliver", args=[deal.pk, milestone.pk])
        able = _parties(deal, (Role.INSTITUTION, Role.TEAM))
        yield Task(label=_("Deliver “%(title)s”") % title, parties=able, url=url)
    elif milestone.accepted_at is None:
        url = reverse("deals:accept", args=[deal.pk, milestone.pk])
        label = _("Accept “%(title)s”, or say what is missing") % title
        yield Task(label=label, parties=enterprise, url=url, approver=True)
    elif milestone.settled_at is None:
        for cost in milestone.costs.all():
            if cost.evidence_id is None:
                url = reverse("deals:prove", args=[deal.pk, cost.pk])
                label = _("Add the evidence of “%(cost)s”") % {"cost": cost.title}
                yield Task(label=label, parties=tuple(deal.parties.all()), url=url)
            elif cost.approved_at is None:
                url = reverse("deals:check_cost", args=[deal.pk, cost.pk])
                label = _("Check the cost “%(cost)s”") % {"cost": cost.title}
                sides = _parties(deal, (Role.INSTITUTION, Role.ENTERPRISE))
                yield Task(label=label, parties=sides, url=url, approver=True)


_STEPS: dict[Stage, Callable[[Deal], Iterator[Task]]] = {
    Stage.INTRODUCED: _decide,
    Stage.NDA: _keep_secret,
    Stage.EVALUATING: _evaluate,
    Stage.NEGOTIATING: _negotiate,
    Stage.AGREED: _perform,
    Stage.PERFORMING: _perform,
}

"""What has to happen before a deal goes on, and who has to do it.

Pure over a deal read with `loading.add_work`: it asks the database nothing, so that a list of deals
costs as much as one. Who may really do it is asked again by the service that does it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import sections, versions
from brokers.deals.guards import current_document, unsigned_parties
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
from brokers.deals.protection import Claim
from brokers.deals.reading.readers import Reader
from brokers.deals.reporting_periods import next_period
from brokers.deals.stages import Stage
from marketplace import dates
from marketplace.accounts.permissions import is_administrator

Role = Party.Role
DRAFTERS = (Role.INSTITUTION, Role.ENTERPRISE, Role.BROKER)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do, by any of `parties`; by a member who may sign where `approver`.

    It is done at `url`, and stands on the deal at `place`, one of `sections.PLACES`. Administrators do
    it where it is for nobody else. It is `known_to` these parties and administrators alone, or, where
    that is None, to everybody who takes part.
    """

    label: str
    parties: tuple[Party, ...]
    place: str
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


def of_claims(deal: Deal, claims: Iterable[Claim]) -> list[Task]:
    """Return what blocks the agreement of `deal`: the claims, for who can let their brokers join."""
    text, drafters = _("Let %(broker)s join, or have the claim ended"), _parties(deal, DRAFTERS)
    return [_at(deal, "claims", text % {"broker": c.broker.name}, drafters) for c in claims]


def _parties(deal: Deal, roles: Iterable[str]) -> tuple[Party, ...]:
    return tuple(party for party in deal.parties.all() if party.role in roles)


def _complaints(deal: Deal) -> Iterator[Task]:
    """Yield who answers and who decides the open complaints; only the two sides know."""
    still_open = (one for one in deal.complaints.all() if one.state == Complaint.State.OPEN)
    for complaint in sorted(still_open, key=lambda one: one.decide_by):
        sides = (complaint.by_party, complaint.against)
        is_answered = complaint.is_answered  # type: ignore[attr-defined]
        if not is_answered:
            label = _("Answer the complaint by %(date)s")
            yield Task(
                label=label % {"date": dates.day(complaint.answer_by)},
                parties=(complaint.against,),
                place="complaints",
                url=complaint.get_absolute_url(),
                known_to=sides,
            )
        if is_answered or complaint.answer_by < timezone.localdate():
            label = _("Decide the complaint by %(date)s")
            yield Task(
                label=label % {"date": dates.day(complaint.decide_by)},
                parties=(),
                place="complaints",
                url=complaint.get_absolute_url(),
                known_to=sides,
            )


def _decide(deal: Deal) -> Iterator[Task]:
    if deal.enterprise_disclosed:
        label = _("Prepare a confidentiality agreement, or start evaluating without one")
        yield _at(deal, "next", label, _parties(deal, DRAFTERS))
    else:
        label = _("Disclose your organisation to go on, or decline")
        yield _at(deal, "next", label, _parties(deal, (Role.ENTERPRISE,)))


def _keep_secret(deal: Deal) -> Iterator[Task]:
    document = current_document(deal, Document.Kind.NDA)
    if document is None:
        label = _("Draw up the confidentiality agreement")
        yield _at(deal, "next", label, _parties(deal, DRAFTERS))
    else:
        yield from _sign(document, _("Sign the confidentiality agreement"))


def _evaluate(deal: Deal) -> Iterator[Task]:
    label = _("Evaluate, then start negotiating or decline")
    yield _at(deal, "next", label, _parties(deal, DRAFTERS))


def _negotiate(deal: Deal) -> Iterator[Task]:
    agreement = versions.current(deal)
    if agreement is None or agreement.state == Agreement.State.DRAFT:
        label = _("Finish the draft and propose it") if agreement else _("Draft the agreement")
        url = reverse("deals:agreement", args=[deal.pk])
        able = _parties(deal, DRAFTERS)
        yield Task(label=label, parties=able, place="documents", url=url)
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
            place="due-diligence",
            url=reverse("deals:due_diligence", args=[deal.pk]),
        )
    elif record.pricing_mode == PricingMode.AGREEMENT:
        yield from _notice(deal, institution)


def _notice(deal: Deal, institution: tuple[Party, ...]) -> Iterator[Task]:
    notice = next((n for n in deal.notices.all() if n.withdrawn_at is None), None)
    if notice is None:
        yield Task(
            label=_("Put name and price on public notice"),
            parties=institution,
            place="due-diligence",
            url=reverse("deals:publish_notice", args=[deal.pk]),
            approver=True,
        )
        return
    for objection in notice.objections.all():
        if objection.state == Objection.State.OPEN:
            yield Task(
                label=_("Decide an objection to the public notice"),
                parties=institution,
                place="due-diligence",
                url=reverse("deals:decide_objection", args=[deal.pk, objection.pk]),
                approver=True,
            )


def _sign(document: Document, label: str) -> Iterator[Task]:
    if unsigned := unsigned_parties(document):
        url = reverse("deals:document", args=[document.deal_id, document.pk])
        yield Task(label=label, parties=tuple(unsigned), place="documents", url=url, approver=True)


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
                    place="royalties",
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
            yield _at(deal, "amendment", _("Put the amendment into force"), drafters)
        if deal.institution.state_established:
            yield from _comply(deal)
        return
    label = _("Finish the draft of the amendment and propose it")
    if amended.state == Agreement.State.DECLINED:
        label = _("Change the declined amendment, or withdraw it")
    url = reverse("deals:agreement", args=[deal.pk])
    yield Task(label=label, parties=drafters, place="amendment", url=url)


def _milestone(deal: Deal, milestone: Milestone) -> Iterator[Task]:
    def task(label: str, name: str, thing: Any, *roles: str, approver: bool = False) -> Task:
        return Task(
            label=label,
            parties=_parties(deal, roles),
            place="milestones",
            url=reverse(f"deals:{name}", args=[deal.pk, thing.pk]),
            approver=approver,
        )

    title = {"title": milestone.title}
    if milestone.paid_at is None:
        label = _("Pay “%(title)s”") % title
        yield task(label, "pay", milestone, Role.ENTERPRISE, approver=True)
    elif milestone.delivered_at is None:
        label = _("Deliver “%(title)s”") % title
        yield task(label, "deliver", milestone, Role.INSTITUTION, Role.TEAM)
    elif milestone.accepted_at is None:
        label = _("Accept “%(title)s”, or say what is missing") % title
        yield task(label, "accept", milestone, Role.ENTERPRISE, approver=True)
    elif milestone.settled_at is None:
        for cost in milestone.costs.all():
            if cost.evidence_id is None:
                label = _("Add the evidence of “%(cost)s”") % {"cost": cost.title}
                yield task(label, "prove", cost, *Role)
            elif cost.approved_at is None:
                label = _("Check the cost “%(cost)s”") % {"cost": cost.title}
                yield task(
                    label, "check_cost", cost, Role.INSTITUTION, Role.ENTERPRISE, approver=True
                )


def _at(deal: Deal, place: str, label: str, parties: tuple[Party, ...]) -> Task:
    """Return a task that is done on the page of `deal` itself."""
    return Task(label=label, parties=parties, place=place, url=sections.address(deal.pk, place))


_STEPS: dict[Stage, Callable[[Deal], Iterator[Task]]] = {
    Stage.INTRODUCED: _decide,
    Stage.NDA: _keep_secret,
    Stage.EVALUATING: _evaluate,
    Stage.NEGOTIATING: _negotiate,
    Stage.AGREED: _perform,
    Stage.PERFORMING: _perform,
}

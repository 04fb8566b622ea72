"""What must hold before a move. Each guard returns what is missing, in words for the person who asks."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from brokers.deals import succession, versions
from brokers.deals.models import (
    Agreement,
    Deal,
    Document,
    DueDiligence,
    Objection,
    Party,
)
from brokers.deals.models.compliance import PricingMode
from brokers.deals.reporting_periods import next_period
from brokers.deals.stages import Guard
from brokers.payments.models import Charge
from brokers.settlement.models import Receipt
from marketplace.accounts.models import Membership
from marketplace.amounts import with_currency
from marketplace.money import Money


def missing(deal: Deal, guards: Iterable[Guard]) -> list[str]:
    """Return what stands in the way of a move with these guards; nothing means go ahead."""
    return [message for guard in guards for message in _GUARDS[guard](deal)]


def unsigned_parties(document: Document) -> list[Party]:
    """Return the parties that have to sign `document` and have not: none once it is in force."""
    agreement = getattr(document, "agreement", None)
    if agreement is not None and agreement.is_binding:
        return []
    signed = {signature.party_id for signature in document.signatures.all()}
    return [p for p in signing_parties(document) if p.pk not in signed]


def current_document(deal: Deal, kind: Document.Kind) -> Document | None:
    """Return the document of `kind` that is not withdrawn, from what was read with `deal`."""
    current = (d for d in deal.documents.all() if d.kind == kind and d.withdrawn_at is None)
    return next(current, None)


def signing_parties(document: Document) -> list[Party]:
    """Return who signs: the organisations a confidentiality agreement, everybody a contract.

    Who joins by an amendment that is out for signature signs both.
    """
    parties = [*document.deal.parties.all(), *joining(document.deal)]
    if document.kind == Document.Kind.NDA:
        return [p for p in parties if p.organisation_id is not None]
    return parties


def joining(deal: Deal) -> list[Party]:
    """Return who joins by the amendment of `deal` that is out for signature."""
    proposed = versions.amendment(deal)
    if proposed is None or proposed.state != Agreement.State.PROPOSED:
        return []
    return list(proposed.joining(manager="every").all())


def _enterprise_disclosed(deal: Deal) -> list[str]:
    if deal.enterprise_disclosed:
        return []
    return [_("The enterprise is anonymous: it has to take this step itself.")]


def _enterprise_anonymous(deal: Deal) -> list[str]:
    return [_("The enterprise is known already.")] if deal.enterprise_disclosed else []


def _nda_signed(deal: Deal) -> list[str]:
    return _document_signed(deal, Document.Kind.NDA, _("The confidentiality agreement is missing."))


def _agreement_signed(deal: Deal) -> list[str]:
    return _document_signed(
        deal, Document.Kind.AGREEMENT, _("There is no agreement to be signed yet.")
    )


def _document_signed(deal: Deal, kind: Document.Kind, absent: str) -> list[str]:
    document = current_document(deal, kind)
    if document is None:
        return [absent]
    return [
        _("%(party)s has not signed yet.") % {"party": party}
        for party in unsigned_parties(document)
    ]


def _brokers_independent(deal: Deal) -> list[str]:
    amended = versions.amendment(deal)
    parties = succession.after(amended) if amended else list(deal.parties.all())
    organisations = [party.organisation_id for party in parties if party.organisation_id]
    brokers = {party.user_id: party for party in parties if party.role == Party.Role.BROKER}
    entangled = Membership.objects.filter(user__in=brokers, organisation__in=organisations)
    return [
        _("%(broker)s belongs to a party and cannot be the broker of this deal.")
        % {"broker": brokers[user].name}
        for user in sorted(set(entangled.values_list("user_id", flat=True)))
    ]


def _due_diligence(deal: Deal) -> list[str]:
    record: DueDiligence | None = getattr(deal, "due_diligence", None)
    amended = versions.amendment(deal)
    institution = succession.institution_after(amended) if amended else deal.institution
    if record is None:
        if not institution.state_established:
            return []
        return [
            _("%(name)s has to complete its due-diligence record.") % {"name": institution.name}
        ]
    found = []
    if record.foreign_party and not record.export_control:
        found.append(_("The export-control check is missing."))
    if institution.state_established and record.pricing_mode == PricingMode.AGREEMENT:
        found += _public_notice(deal)
    return found


def _public_notice(deal: Deal) -> list[str]:
    """Return what is missing of the public notice: itself, its end, its price, its decisions."""
    notice = deal.notices.filter(withdrawn_at=None).first()
    if notice is None:
        return [_("The public notice of name and price is missing.")]
    found = []
    if notice.is_open:
        found.append(
            _("The public notice runs until %(date)s.") % {"date": notice.closes_on.isoformat()}
        )
    price = _price(deal)
    if price and price != notice.money:
        found.append(
            _("The notice says %(noticed)s, the agreement %(agreed)s: publish the agreed price.")
            % {"noticed": with_currency(notice.money), "agreed": with_currency(price)}
        )
    states = set(notice.objections.values_list("state", flat=True))
    if Objection.State.OPEN in states:
        found.append(_("An objection to the public notice is to be decided."))
    if Objection.State.UPHELD in states:
        found.append(_("An objection was upheld: publish another notice."))
    return found


def _price(deal: Deal) -> Money | None:
    """Return the fixed price of the agreement that the parties sign."""
    out = (Agreement.State.PROPOSED, Agreement.State.SIGNED)
    agreement = deal.agreements.filter(state__in=out).last()
    return versions.total(agreement) if agreement else None


def _payment_received(deal: Deal) -> list[str]:
    if any(m.paid_at for m in versions.standing(deal)):
        return []
    return [_("No milestone has been paid yet.")]


def _nothing_paid(deal: Deal) -> list[str]:
    if any(m.paid_at for m in versions.standing(deal)):
        return [_("A milestone has been paid already.")]
    return payments_under_way(deal)


def payments_under_way(deal: Deal) -> list[str]:
    """Name the milestones whose payment can still be made, or is made and not booked yet."""
    milestones = {m.pk: m for m in versions.standing(deal)}
    charges = Charge.objects.filter(reference__in=milestones, state__in=versions.UNDER_WAY)
    asked = [milestones[charge.reference] for charge in charges]
    return [
        _("A payment of “%(milestone)s” is under way.") % {"milestone": milestone.title}
        for milestone in asked
        if milestone.paid_at is None
    ]


def _milestones_settled(deal: Deal) -> list[str]:
    waiting = [m for m in versions.standing(deal) if m.settled_at is None]
    returned = _given_back(m.payment_reference for m in waiting)
    unsettled = [
        _("“%(milestone)s” is not settled yet.") % {"milestone": milestone.title}
        for milestone in waiting
        if milestone.payment_reference not in returned
    ]
    signed = versions.in_force(deal)
    royalties = signed.royalties.all() if signed else ()
    return unsettled + [
        _("“%(royalty)s” is not reported to its end yet.") % {"royalty": royalty.title}
        for royalty in royalties
        if next_period(royalty) is not None
    ]


def _given_back(payments: Iterable[Any]) -> set[Any]:
    """Return which of `payments` were given back wholly."""
    receipts = Receipt.objects.filter(pk__in=[p for p in payments if p])
    back = receipts.annotate(back=Sum("refunds__amount"))
    return {receipt.pk for receipt in back if receipt.gross_amount == receipt.back}


def _nothing_unsettled(deal: Deal) -> list[str]:
    waiting = {
        m.payment_reference: m
        for m in versions.standing(deal)
        if m.payment_reference and not m.settled_at
    }
    returned = _given_back(waiting)
    return [
        _("“%(milestone)s” is paid but neither settled nor refunded.")
        % {"milestone": milestone.title}
        for payment, milestone in waiting.items()
        if payment not in returned
    ] + payments_under_way(deal)


def _nothing_pending(deal: Deal) -> list[str]:
    if versions.amendment(deal) is None:
        return []
    return [_("An amendment is on its way: sign it, or withdraw it.")]


def _nothing_held(deal: Deal) -> list[str]:
    if not any(complaint.holds_money for complaint in deal.complaints.all()):
        return []
    return [_("A complaint about money is to be decided.")]


_GUARDS: dict[Guard, Callable[[Deal], list[str]]] = {
    Guard.ENTERPRISE_DISCLOSED: _enterprise_disclosed,
    Guard.ENTERPRISE_ANONYMOUS: _enterprise_anonymous,
    Guard.NDA_SIGNED: _nda_signed,
    Guard.AGREEMENT_SIGNED: _agreement_signed,
    Guard.BROKERS_INDEPENDENT: _brokers_independent,
    Guard.DUE_DILIGENCE: _due_diligence,
    Guard.PAYMENT_RECEIVED: _payment_received,
    Guard.MILESTONES_SETTLED: _milestones_settled,
    Guard.NOTHING_UNSETTLED: _nothing_unsettled,
    Guard.NOTHING_PAID: _nothing_paid,
    Guard.NOTHING_PENDING: _nothing_pending,
    Guard.NOTHING_HELD: _nothing_held,
}

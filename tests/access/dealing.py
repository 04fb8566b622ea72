"""The deals of the table at each stage, with everything that is part of one."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from brokers.deals import (
    agreements,
    complaints,
    costs,
    disbursements,
    files,
    introductions,
    notices,
    performance,
    progress,
    protection,
    registrations,
)
from brokers.deals.models import Deal, DealFile, Introduction, Milestone
from brokers.deals.room import messages, work
from brokers.payments.models import Transfer
from brokers.profiles import assignments
from brokers.settlement.models import Payout
from marketplace.money import Money
from marketplace.outbox import effects
from tests.access.market import Places
from tests.deals import amending
from tests.deals.factories import World, party, pdf
from tests.factories import make_administrator, make_need, make_result


def anew(world: World) -> World:
    """Give `world` a result and a need that have not met yet, of the same people."""
    world.result = make_result(world.institution, author=world.researcher, live=True)
    world.need = make_need(world.enterprise, author=world.engineer, live=True)
    return world


def before_agreement(world: World, *, stranger: Any) -> Places:
    """Return what addresses of a deal ask for before it has an agreement, and with a broker's claim."""
    introduced = anew(world).introduced()
    places = {"introduced": {"pk": introduced.pk, "name": "decline"}}
    places |= _files(world, introduced, "before NDA")
    task = {"title": "Read", "due_on": timezone.localdate(), "responsible": world.engineer}
    places["introduced"]["task"] = work.add(deal=introduced, by=world.broker, **task).pk
    asked = assignments.ask(need=world.need, broker=world.broker, by=world.engineer)
    places["assignment"] = {"need": world.need.pk, "assignment": asked.pk, "name": "accept"}

    negotiating = anew(world).negotiating()
    nda = negotiating.documents.get()
    places["negotiating"] = {"pk": negotiating.pk, "document": nda.pk, "name": "decline"}
    places |= _files(world, negotiating, "after NDA")
    world.record_due_diligence(negotiating)
    messages.write(deal=negotiating, author=world.engineer, text="Hello.")
    notice = world.notice(negotiating)
    objection = notices.object_to(notice=notice, text="It is mine.", by=stranger)
    places["negotiating"]["objection"] = objection.pk
    places["notice"] = {"pk": notice.pk}
    return places


def _files(world: World, deal: Deal, when: str) -> Places:
    """Add a file of each tier for the institution's side."""
    places = {}
    for tier in DealFile.Tier:
        added = files.add(
            deal=deal, upload=pdf(), kind="other", title=tier, by=world.researcher, tier=tier
        )
        places[f"{tier} file {when}"] = {"pk": deal.pk, "file": added.pk}
    return places


def claimed(world: World, *, earlier: Any) -> Places:
    """Return deals between two organisations that `earlier` introduced long ago: one with the claim
    that follows from it, one in which it has ended.
    """
    anew(world)
    first = introductions.introduce(result=world.result, need=world.need, by=earlier)
    progress.advance(deal=first, move="decline", actor=world.buyer, reason="Too early.")
    Introduction.objects.update(created_at=F("created_at") - timedelta(days=100))
    places = {}
    for name in ("ended claim", "claimed"):
        anew(world)
        deal = introductions.introduce(result=world.result, need=world.need, by=world.engineer)
        places[name] = {"pk": deal.pk, "broker": earlier.pk}
    given_up = Deal.objects.get(pk=places["ended claim"]["pk"])
    protection.exclude(deal=given_up, broker=earlier, reason="Not mine.", by=earlier)
    return places


def performing(world: World) -> Places:
    """Return a deal with milestones passed on, paid out, settled, charged, received and open, in
    this order.
    """
    deal = _signed(world)
    milestones = Milestone.objects.filter(agreement__deal=deal).order_by("position")
    passed, paid, again, settled, charged, received, left = milestones
    world.pay(passed)
    world.settle(passed)
    for transfer in Transfer.objects.filter(state=Transfer.State.BY_HAND):
        world.pay_by_hand(transfer)
    proven = Payout.objects.get(via=world.institution)
    disbursements.record(
        payout=proven,
        withheld=Money(0, "CNY"),
        disbursed_on=timezone.localdate(),
        evidence=pdf(),
        by=world.bursar,
    )
    for milestone in (paid, again):
        world.pay(milestone)
        world.settle(milestone)
    world.pay(settled)
    performance.deliver(milestone=settled, by=world.researcher)
    performance.accept(milestone=settled, by=world.buyer)
    effects.process_due()
    charge, arrived = (
        performance.pay(milestone=one, gateway="bank", payer=world.buyer, return_url="/")
        for one in (charged, received)
    )
    cost = left.costs.get()
    costs.prove(cost=cost, evidence=world.file(deal), by=world.researcher)
    registrations.record(
        agreement=deal.agreements.get(), by=world.researcher, state="preparing", number="T-1"
    )
    values = {
        "pk": deal.pk,
        "name": "terminate",
        "document": deal.documents.get(kind="agreement").pk,
        "cost": cost.pk,
        "party": deal.parties.get(role="institution").pk,
        "royalty": deal.agreements.get().royalties.get().pk,
        "invoice": deal.invoices.first().pk,
        "form": "csv",
    }
    of_payee = {"user": world.researcher.pk, "organisation": world.institution.pk}
    return {
        "performing": values,
        **{f"{kind} payee": {**values, "kind": kind, "number": n} for kind, n in of_payee.items()},
        "billing": {**values, "kind": "user", "number": world.broker.pk},
        "paid milestone": {**values, "milestone": paid.pk},
        "charged milestone": {**values, "milestone": charged.pk},
        "open milestone": {**values, "milestone": left.pk},
        "proven payout": {"payout": proven.pk},
        "payout": {"payout": Payout.objects.filter(via=world.institution).latest("reserved_at").pk},
        "expected": {"charge": charge.pk},
        "received": {"charge": arrived.pk},
        "owing": {"pk": deal.pk},
    }


def _signed(world: World) -> Deal:
    negotiating = anew(world).negotiating()
    milestones = world.milestones(*[1_000_000] * 6)
    milestones += world.milestones(1_000_000, costs=[("Patent", Money(120_000, "CNY"))])
    today = timezone.localdate()
    royalty = {
        "title": "Running royalty",
        "base": "Net sales",
        "rate": 350,
        "months": 3,
        "first_day": today - timedelta(days=200),
        "last_day": today - timedelta(days=20),
        "payment_days": 30,
    }
    draft = agreements.save_draft(
        deal=negotiating,
        terms=world.terms(team_via_institution=True),
        milestones=milestones,
        royalties=[royalty],
        author=world.broker,
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    return Deal.objects.get(pk=negotiating.pk)


def amended(world: World) -> Places:
    """Return a deal that is performed, and its amendment that nobody has signed."""
    deal = amending.performing(anew(world))
    proposed = amending.propose(world, deal)
    return {"amendment": {"pk": deal.pk, "version": proposed.version}}


def disputed(world: World) -> Places:
    """Return a deal about which the enterprise complains, and the complaint; one is decided."""
    agreement = _proposed(anew(world))
    world.sign(agreement.document)
    milestone = agreement.milestones.get()
    world.pay(milestone)
    complaint = world.complain(milestone, kind="payment", whole=True, upload=pdf())
    said = complaint.statements.get()
    values = {"pk": agreement.deal_id, "complaint": complaint.pk, "statement": said.pk}
    decided = _decided(world, agreement.deal)
    return {
        "disputed": {**values, "milestone": milestone.pk},
        "decided complaint": {**values, "complaint": decided.pk},
    }


def _decided(world: World, deal: Deal) -> Any:
    about = {"kind": "conduct", "against": party(deal, "institution"), "by": world.buyer}
    complaint = complaints.open_(deal=deal, text="They never answer.", **about)
    verdict = {"outcome": "upheld", "reason": "They do not."}
    complaints.decide(complaint=complaint, by=make_administrator(), **verdict)
    return complaint


def _proposed(world: World) -> Any:
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(),
        milestones=world.milestones(1_000_000),
        author=world.broker,
    )
    agreements.propose(agreement=draft, author=world.broker)
    draft.refresh_from_db()
    return draft

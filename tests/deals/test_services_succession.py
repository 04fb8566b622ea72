"""Parties that leave, join and succeed each other: when, what they read, what stays due."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from brokers.deals import (
    agreements,
    amendment_rules,
    amendments,
    commissions,
    complaints,
    invoices,
    performance,
    succession,
    versions,
)
from brokers.deals import files as deal_files
from brokers.deals.models import Agreement, Deal, Document, Milestone, Party
from brokers.deals.room import messages
from brokers.deals.succession import Change
from brokers.payments import payout_accounts
from brokers.payments.models import Transfer
from brokers.profiles.models import BrokerProfile
from brokers.settlement.models import Allocation
from brokers.settlement.plan import Payee, PayeeKind
from brokers.settlement.proofs import differences
from marketplace.accounts.models import Organisation, User
from marketplace.listings.models import DisclosureGrant
from tests.deals.amending import amended, performing, propose, refused, sign
from tests.deals.factories import World, make_broker, party, pdf
from tests.factories import add_member, make_organisation, make_user, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(world: World) -> Deal:
    return performing(world)


@pytest.fixture
def successor() -> Organisation:
    return make_organisation("Merged company", kind=Organisation.Kind.ENTERPRISE)


def succeeds(deal: Deal, role: str, **who: int) -> Change:
    return Change(leaves=party(deal, role).pk, role=role, **who)


def merged(world: World, deal: Deal, successor: Organisation) -> Agreement:
    """Let `successor` take the place of the enterprise; it signs the confidentiality agreement first."""
    change = succeeds(deal, "enterprise", organisation=successor.pk)
    agreement = propose(world, deal, parties=(change,))
    nda = deal.documents.get(kind=Document.Kind.NDA)
    sign(agreement, Party.every.get(joins_with=agreement), document=nda)
    sign(agreement)
    return Agreement.objects.get(pk=agreement.pk)


def test_a_merged_enterprise_is_succeeded(world: World, deal: Deal, successor) -> None:
    new_owner = owner_of(successor)
    agreement = merged(world, deal, successor)
    deal = Deal.objects.get()
    assert agreement.state == "signed"
    assert deal.enterprise == successor
    assert not world.buyer.has_perm("deal:read", deal)
    assert world.buyer.has_perm("deal:look_back", deal)
    assert new_owner.has_perm("deal:read", deal)
    milestone = agreement.milestones.get()
    with pytest.raises(PermissionDenied):
        performance.pay(milestone=milestone, gateway="bank", payer=world.buyer, return_url="/")
    charge = performance.pay(milestone=milestone, gateway="bank", payer=new_owner, return_url="/")
    assert charge.payer == successor


def test_who_joins_signs_the_confidentiality_agreement_first(world, deal, successor) -> None:
    change = succeeds(deal, "enterprise", organisation=successor.pk)
    agreement = propose(world, deal, parties=(change,))
    joining = Party.every.get(joins_with=agreement)
    with refused("Sign the confidentiality agreement of this deal first"):
        sign(agreement, joining)
    sign(agreement, joining, document=deal.documents.get(kind="nda"))
    assert not grants(deal).filter(organisation=successor).exists(), "signed, but no party yet"
    sign(agreement)
    assert grants(deal).filter(organisation=successor).count() == 1
    assert not grants(deal).filter(organisation=world.enterprise).exists()


def grants(deal: Deal) -> Any:
    return DisclosureGrant.objects.valid().filter(reason=deal.disclosure_ground)


def test_who_leaves_has_to_sign(world: World, deal: Deal, successor) -> None:
    change = succeeds(deal, "enterprise", organisation=successor.pk)
    agreement = propose(world, deal, parties=(change,))
    joining = Party.every.get(joins_with=agreement)
    sign(agreement, joining, document=deal.documents.get(kind="nda"))
    sign(agreement, joining, *(p for p in deal.parties.all() if p.role != "enterprise"))
    assert Deal.objects.get().enterprise == world.enterprise
    sign(agreement, party(deal, "enterprise"))
    assert Deal.objects.get().enterprise == successor


def test_a_withdrawn_change_of_parties_leaves_nothing_behind(world, deal, successor) -> None:
    change = succeeds(deal, "enterprise", organisation=successor.pk)
    agreement = propose(world, deal, parties=(change,))
    person = owner_of(successor)
    assert person.has_perm("deal:look_back", deal)
    amendments.withdraw(agreement=agreement, by=world.broker)
    assert not person.has_perm("deal:look_back", Deal.objects.get())
    assert not Party.every.filter(organisation=successor).exists()
    assert not Party.every.exclude(leaves_with=None).exists()


def test_who_left_reads_what_it_was_party_of(world: World, deal: Deal, successor) -> None:
    old = deal_files.add(deal=deal, upload=pdf(), kind="other", title="Old", by=world.researcher)
    own = deal_files.add(
        deal=deal, upload=pdf(), kind="other", title="Own", by=world.buyer, tier="side"
    )
    merged(world, deal, successor)
    deal = Deal.objects.get()
    new = deal_files.add(deal=deal, upload=pdf(), kind="other", title="New", by=world.researcher)
    person = owner_of(successor)
    assert {f.title for f in deal_files.readable(deal, world.buyer)} >= {old.title, own.title}
    assert new not in deal_files.readable(deal, world.buyer)
    read = deal_files.readable(deal, person)
    assert old in read
    assert new in read
    assert own not in read, "what was the side's of who left before"
    with pytest.raises(PermissionDenied):
        messages.write(deal=deal, author=world.buyer, text="Still here?")
    first, second = deal.documents.filter(kind="agreement").order_by("version")
    assert world.buyer.has_perm("document:read", first)
    assert world.buyer.has_perm("document:read", second), "it has signed that, too"
    later = propose(world, deal, 600_000, title="Later")
    assert not world.buyer.has_perm("document:read", later.document)


def test_a_co_broker_is_replaced_and_still_paid(world: World, deal: Deal) -> None:
    other = make_broker()
    change = succeeds(deal, "broker", user=other.pk)
    agreement = amended(world, deal, parties=(change,), brokers=[[other.pk, 1]])
    assert agreement.plan.plan.brokers == (Payee(PayeeKind.USER, other.pk),)
    deal = Deal.objects.get()
    assert [p.user for p in deal.parties.filter(role="broker")] == [other]
    world.pay(agreement.milestones.get())
    world.settle(agreement.milestones.get())
    given = Allocation.objects.filter(role="broker").order_by("pk")
    assert [(line.user_id, line.amount) for line in given] == [
        (world.broker.pk, 94_000),
        (other.pk, 65_800),
    ]
    assert list(differences()) == []


def test_the_broker_who_left_invoices_what_it_has_coming(world: World) -> None:
    deal = world.agreed(1_000_000, 500_000)
    first = Milestone.objects.get(position=1)
    world.pay(first)
    other = make_broker()
    change = succeeds(deal, "broker", user=other.pk)
    amended(world, Deal.objects.get(), parties=(change,))
    performance.deliver(milestone=first, by=world.researcher)
    performance.accept(milestone=first, by=world.buyer)
    payee = Payee(PayeeKind.USER, world.broker.pk)
    left = commissions.uninvoiced(deal, payee, "CNY")
    assert left.amount == 94_000
    paper = invoices.Paper(
        number="A1", issued_on=timezone.localdate(), amount=left, rate=600, file=pdf()
    )
    invoice = invoices.bill(deal=deal, payee=payee, paper=paper, by=world.broker)
    assert invoice.file in deal_files.readable(Deal.objects.get(), world.broker)


def test_a_broker_joins_and_another_leaves(world: World, deal: Deal) -> None:
    other = make_broker()
    joins = Change(role="broker", user=other.pk)
    parts = [[world.broker.pk, 60], [other.pk, 40]]
    agreement = amended(world, deal, parties=(joins,), brokers=parts)
    share = next(s for s in agreement.plan.plan.shares if s.role == "broker")
    assert [(m.payee.id, m.parts) for m in share.members] == [(a, b) for a, b in parts]
    leaves = Change(leaves=party_of(deal, world.broker).pk)
    world.broker = other
    amended(world, Deal.objects.get(), 600_000, title="Next", parties=(leaves,))
    assert [p.user for p in Deal.objects.get().parties.filter(role="broker")] == [other]


def party_of(deal: Deal, user: User) -> Party:
    return deal.parties.get(user=user, role="broker")


def test_an_institution_joins_and_has_its_share(world: World, deal: Deal) -> None:
    partner = make_organisation("Partner institute")
    joins = Change(role="partner", organisation=partner.pk)
    agreement = propose(
        world,
        deal,
        parties=(joins,),
        institutions=[[world.institution.pk, 3], [partner.pk, 1]],
    )
    sign(agreement, Party.every.get(joins_with=agreement), document=deal.documents.get(kind="nda"))
    sign(agreement)
    assert "partner institution: Partner institute" in agreement.document.text
    world.pay(agreement.milestones.get())
    world.settle(agreement.milestones.get())
    given = Allocation.objects.filter(role="institution").order_by("pk")
    assert [(line.organisation_id, line.amount) for line in given] == [
        (world.institution.pk, 188_000),
        (world.institution.pk, 98_700),
        (partner.pk, 32_900),
    ]
    person = owner_of(partner)
    assert person.has_perm("deal:read", Deal.objects.get())
    assert not person.has_perm("deal:draft", Deal.objects.get())


def change_of(deal: Deal, name: str, world: World) -> Change:
    member = add_member(world.enterprise)
    return {
        "no broker": Change(role="broker", user=make_user().pk),
        "of a party": Change(role="broker", user=insider(member).pk),
        "twice": Change(role="partner", organisation=world.enterprise.pk),
        "broker twice": Change(role="broker", user=world.broker.pk),
        "alone": Change(leaves=party(deal, "enterprise").pk),
        "unknown": Change(leaves=0x7FFFFFFF),
        "team": Change(leaves=party(deal, "team").pk, role="team", user=make_user().pk),
    }[name]


def insider(member: User) -> User:
    BrokerProfile.objects.create(user=member, bio_en="A.", verified_at=timezone.now())
    return member


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no broker", "not a verified broker"),
        ("of a party", "cannot be the broker"),
        ("twice", "a party already"),
        ("broker twice", "a party already"),
        ("alone", "leaves only with a successor"),
        ("unknown", "does not take part"),
        ("team", "a member of the institution"),
    ],
)
def test_who_cannot_join_or_leave(world: World, deal: Deal, name: str, says: str) -> None:
    with refused(says):
        propose(world, deal, parties=(change_of(deal, name, world),))
    assert list(deal.agreements.values_list("state", flat=True)) == ["signed"]
    assert Party.every.count() == 4


def test_who_became_entangled_meanwhile_keeps_the_amendment_waiting(world, deal) -> None:
    other = make_broker()
    agreement = propose(world, deal, parties=(succeeds(deal, "broker", user=other.pk),))
    add_member(world.enterprise, user=other)
    sign(agreement)
    agreement.refresh_from_db()
    assert agreement.state == "proposed"
    assert "belongs to a party" in amendment_rules.obstacles(agreement)[0]


def test_who_leaves_waits_for_the_complaint_it_is_a_side_of(world, deal) -> None:
    other = make_broker()
    agreement = propose(world, deal, parties=(succeeds(deal, "broker", user=other.pk),))
    about = party(deal, "broker")
    complaint = complaints.open_(
        deal=deal, kind="conduct", against=about, text="Late.", by=world.buyer
    )
    sign(agreement)
    agreement.refresh_from_db()
    assert agreement.state == "proposed"
    complaints.withdraw(complaint=complaint, by=world.buyer)
    amendments.put_into_force(agreement=agreement, by=world.buyer)
    assert [p.user for p in Deal.objects.get().parties.filter(role="broker")] == [other]


def test_an_institution_is_succeeded_and_what_it_owes_stays(world: World, deal: Deal) -> None:
    heir = make_organisation("Merged university")
    add_member(heir, user=world.researcher)
    payout_accounts.open_account(
        owner=heir,
        gateway="bank",
        opened_by=owner_of(heir),
        holder="Heir",
        bank="Sample bank",
        number="6222000000000001",
    )
    change = succeeds(deal, "institution", organisation=heir.pk)
    agreement = propose(world, deal, parties=(change,), terms={"collector": heir})
    nda = deal.documents.get(kind="nda")
    sign(agreement, Party.every.get(joins_with=agreement), document=nda)
    sign(agreement)
    agreement.refresh_from_db()
    assert agreement.state == "proposed", "money is under way to the old collector's payees"
    for transfer in Transfer.objects.filter(state="by_hand"):
        world.pay_by_hand(transfer)
    amendments.put_into_force(agreement=agreement, by=world.broker)
    deal = Deal.objects.get()
    assert deal.institution == heir
    assert agreement.plan.plan.loss_bearer == Payee(PayeeKind.ORGANISATION, heir.pk)
    old = Milestone.objects.get(agreement__version=1, position=1)
    assert old.agreement.plan.plan.loss_bearer.id == world.institution.pk
    assert versions.milestones_of(deal)[0] == old


def test_a_drafter_cannot_be_who_stands_aside(world: World, deal: Deal, successor) -> None:
    merged(world, deal, successor)
    deal = Deal.objects.get()
    for permission in ("deal:draft", "deal:move", "deal:add_file", "deal:accept", "royalty:report"):
        assert not world.buyer.has_perm(permission, deal), permission
    assert succession.parties_of(Agreement.objects.get(version=1)) != list(deal.parties.all())
    assert agreements.is_amended(deal)


def test_the_first_version_keeps_its_parties_in_words(world: World, deal: Deal, successor) -> None:
    agreement = merged(world, deal, successor)
    names: Any = {p.name for p in succession.parties_of(Agreement.objects.get(version=1))}
    assert "Sample company" in names
    assert "Merged company" not in names
    assert "Merged company" in {p.name for p in succession.parties_of(agreement)}

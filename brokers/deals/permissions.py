"""Who may see a deal and act in it, from its parties.

A deal is its parties' alone: to everybody else, administrators and finance aside, it does not exist.
Who has left, or is to join by an amendment, reads what it was party of, or what it is to sign.
"""

from collections.abc import Callable
from typing import Any

import rules

from brokers.deals.models import Agreement, Complaint, Deal, DealFile, DealTask, Document, Party
from brokers.deals.stages import Actor
from brokers.profiles.permissions import is_broker
from brokers.settlement.models import Payout
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.accounts import second_factor
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import (
    Roles,
    has_role,
    holds,
    is_administrator,
    is_finance,
    roles_of,
)
from marketplace.listings.models import DisclosureGrant, Listing

Role = Membership.Role


def acts_for(
    user: Any, party: Party, role: Role = Role.MEMBER, *, roles: Roles | None = None
) -> bool:
    """Whether `user` is the person that `party` names, or holds `role` in its organisation."""
    if party.organisation_id is None:
        return bool(party.user_id == user.pk)
    return holds(roles_of(user) if roles is None else roles, party.organisation_id, role)


def parties_of(
    user: Any, deal: Deal, role: Role = Role.MEMBER, *, roles: Roles | None = None
) -> list[Party]:
    """Return the parties of `deal` for which `user` acts."""
    held = roles_of(user) if roles is None else roles
    return [party for party in deal.parties.all() if acts_for(user, party, role, roles=held)]


def left_parties(user: Any, deal: Deal, *, roles: Roles | None = None) -> list[Party]:
    """Return the parties that have left `deal` for which `user` acts."""
    gone = Party.every.filter(deal=deal, left_at__isnull=False)
    held = roles_of(user) if roles is None else roles
    return [party for party in gone if acts_for(user, party, roles=held)]


def joining_parties(
    user: Any, deal: Deal, role: Role = Role.MEMBER, *, roles: Roles | None = None
) -> list[Party]:
    """Return the parties that join `deal` by an amendment out for signature, for which `user` acts."""
    proposed = Agreement.State.PROPOSED
    coming = Party.every.filter(deal=deal, joined_at=None, joins_with__state=proposed)
    held = roles_of(user) if roles is None else roles
    return [party for party in coming if acts_for(user, party, role, roles=held)]


def actors(
    user: Any, deal: Deal, role: Role = Role.MEMBER, *, roles: Roles | None = None
) -> frozenset[Actor]:
    """Return the capacities in which `user` may move `deal`."""
    names = {party.role for party in parties_of(user, deal, role, roles=roles)}
    capacities = {Actor(name) for name in names & {"institution", "enterprise", "broker"}}
    if is_administrator(user):
        capacities.add(Actor.ADMINISTRATOR)
    return frozenset(capacities)


@rules.predicate
def is_participant(user: Any, deal: Deal) -> bool:
    return bool(parties_of(user, deal))


@rules.predicate
def is_of_deal(user: Any, document: Document) -> bool:
    return is_participant(user, document.deal)


@rules.predicate
def stands_aside(user: Any, deal: Deal) -> bool:
    """Whether `user` was party of `deal`, or is to be."""
    return bool(left_parties(user, deal) or joining_parties(user, deal))


@rules.predicate
def is_drafter(user: Any, deal: Deal) -> bool:
    return bool(actors(user, deal) - {Actor.ADMINISTRATOR})


@rules.predicate
def is_enterprise_approver(user: Any, deal: Deal) -> bool:
    return Actor.ENTERPRISE in actors(user, deal, Role.APPROVER)


@rules.predicate
def is_institution(user: Any, deal: Deal) -> bool:
    return Actor.INSTITUTION in actors(user, deal)


@rules.predicate
def is_institution_approver(user: Any, deal: Deal) -> bool:
    return Actor.INSTITUTION in actors(user, deal, Role.APPROVER)


@rules.predicate
def is_team(user: Any, deal: Deal) -> bool:
    return any(party.role == Party.Role.TEAM for party in parties_of(user, deal))


@rules.predicate
def owns_listing(user: Any, listing: Listing) -> bool:
    return has_role(user, listing.organisation, Role.MEMBER)


@rules.predicate
def signs_for(user: Any, party: Party) -> bool:
    """Whether `user` signs for `party`: the person itself, or an approver of the organisation."""
    return acts_for(user, party, Role.APPROVER)


def side_of(party: Party) -> DealFile.Side:
    """Return the side of `party`: the research team stands with its institution."""
    return DealFile.Side.INSTITUTION if party.role == Party.Role.TEAM else DealFile.Side(party.role)


def file_filter(user: Any, deal: Deal, *, roles: Roles | None = None) -> Callable[[DealFile], bool]:
    """Return what says of each file of `deal` whether `user` may read it, in a constant cost.

    Everybody who takes part and finance read what is for all parties. A file under the confidentiality
    agreement is for its own side and for organisations with a valid grant of this deal, a file of one
    side for that side; administrators read both. Who has left reads what was there then, for all or for
    its own side; who has joined nothing that was its side's before.
    """
    held = roles_of(user) if roles is None else roles
    parties, left = parties_of(user, deal, roles=held), left_parties(user, deal, roles=held)
    organisations = [party.organisation_id for party in parties if party.organisation_id]
    grants = DisclosureGrant.objects.valid().filter(
        reason=deal.disclosure_ground, organisation__in=organisations
    )
    signed = bool(organisations) and grants.exists()
    administers = is_administrator(user)
    oversees = administers or is_finance(user)

    def may_read(file: DealFile) -> bool:
        is_own = any(side_of(p) == file.side and _was_there(p, file) for p in (*parties, *left))
        if file.tier == DealFile.Tier.PARTIES:
            seen = any(_was_there(party, file) for party in left) or file.added_by_id == user.pk
            return bool(parties) or oversees or (bool(left) and seen)
        within = file.tier == DealFile.Tier.NDA and signed
        return within or is_own or administers

    return may_read


def _was_there(party: Party, file: DealFile) -> bool:
    """Whether `party` took part when `file` was added; the first parties always did, until they left."""
    came = party.joins_with_id is None or (party.joined_at and party.joined_at <= file.added_at)
    return bool(came) and (party.left_at is None or file.added_at <= party.left_at)


@rules.predicate
def reads_document(user: Any, document: Document) -> bool:
    """Whether `user`, who stands aside, reads `document`: what its party has signed, or is to sign."""
    deal = document.deal
    if any(document.signatures.filter(party=party).exists() for party in left_parties(user, deal)):
        return True
    agreement = getattr(document, "agreement", None)
    return any(
        document.withdrawn_at is None
        and (document.kind == Document.Kind.NDA or party.joins_with == agreement)
        for party in joining_parties(user, deal)
    )


@rules.predicate
def signs_for_some_party(user: Any, deal: Deal) -> bool:
    return bool(parties_of(user, deal, Role.APPROVER))


@rules.predicate
def is_side(user: Any, complaint: Complaint) -> bool:
    """Whether `user` acts for who complains or for who is complained about."""
    sides = {complaint.by_party_id, complaint.against_id}
    return any(party.pk in sides for party in parties_of(user, complaint.deal))


@rules.predicate
def is_complaining(user: Any, complaint: Complaint) -> bool:
    return acts_for(user, complaint.by_party, Role.APPROVER)


@rules.predicate
def takes_part(user: Any, complaint: Complaint) -> bool:
    return is_participant(user, complaint.deal)


@rules.predicate
def reads_file(user: Any, file: DealFile) -> bool:
    return file_filter(user, file.deal)(file)


def concerns(user: Any, task: DealTask) -> bool:
    """Whether `user` does `task` or has set it."""
    return user.pk in (task.responsible_id, task.created_by_id)


@rules.predicate
def holds_task(user: Any, task: DealTask) -> bool:
    return concerns(user, task) and is_participant(user, task.deal)


@rules.predicate
def knows_enterprise(user: Any, deal: Deal) -> bool:
    """Whether `user` may learn who posted the need: its own people always, the others once told."""
    return deal.enterprise_disclosed or any(
        party.role == Party.Role.ENTERPRISE for party in parties_of(user, deal)
    )


def may_introduce(user: Any, result: Listing, need: Listing) -> bool:
    """Whether `user` may introduce the two: a member of one side, or a verified broker.

    Asked for every match of a list, so what `user` is gets read once per user object.
    """
    if not user.is_authenticated:
        return False
    if not hasattr(user, "_introduces_for"):
        user._introduces_for = (set(roles_of(user)), is_broker(user))
    organisations, as_broker = user._introduces_for
    return as_broker or bool(organisations & {result.organisation_id, need.organisation_id})


def is_paid_as(user: Any, payee: Payee, *, roles: Roles | None = None) -> bool:
    """Whether what `payee` is paid goes to `user` or to an organisation of `user`."""
    if payee.kind is PayeeKind.ORGANISATION:
        return payee.id in (roles_of(user) if roles is None else roles)
    return payee == Payee(PayeeKind.USER, user.pk)


@rules.predicate
def is_enterprise(user: Any, deal: Deal) -> bool:
    return Actor.ENTERPRISE in actors(user, deal)


@rules.predicate
def is_of_collector(user: Any, agreement: Agreement) -> bool:
    """Whether `user` acts for who receives the payments of `agreement`."""
    if agreement.collector is None:
        return bool(is_finance(user))
    return has_role(user, agreement.collector, Role.MEMBER)


@rules.predicate
def passes_on(user: Any, payout: Payout) -> bool:
    """Whether `user` may sign for the institution that passes `payout` on to somebody else."""
    return payout.user_id != user.pk and has_role(user, payout.via, Role.APPROVER)


@rules.predicate
def is_paid_by(user: Any, payout: Payout) -> bool:
    return is_paid_as(user, payout.payee)


@rules.predicate
def is_payee(user: Any, payee: Payee) -> bool:
    return is_paid_as(user, payee)


rules.add_perm("deal:introduce", owns_listing | is_broker)
rules.add_perm("deal:read", is_participant | is_administrator | is_finance)
rules.add_perm("deal:look_back", stands_aside)
# Target: a document.
rules.add_perm("document:read", is_of_deal | is_administrator | is_finance | reads_document)
rules.add_perm("deal:move", is_participant | is_administrator)
rules.add_perm("deal:know_enterprise", knows_enterprise | is_administrator)
rules.add_perm("deal:draft", is_drafter)
rules.add_perm("deal:add_broker", is_drafter)
rules.add_perm("deal:sign", signs_for)
rules.add_perm("deal:record_due_diligence", is_institution)
rules.add_perm("deal:export_record", is_institution | is_administrator | is_finance)
rules.add_perm("cost:approve", is_institution_approver | is_enterprise_approver)
# Target: an agreement.
rules.add_perm("invoice:issue", is_of_collector)
# Target: a payee of the deal's split plan.
rules.add_perm("invoice:bill", is_payee)
# Target: a payout through an institution.
rules.add_perm("disbursement:record", passes_on)
rules.add_perm("disbursement:read", passes_on | is_paid_by | is_finance)
rules.add_perm("royalty:report", is_enterprise)
rules.add_perm("notice:publish", is_institution_approver)
rules.add_perm("notice:object", rules.is_authenticated)
rules.add_perm("registration:record", is_institution)
rules.add_perm("deal:add_file", is_participant)
rules.add_perm("deal:read_file", reads_file)
rules.add_perm("deal:read_messages", is_participant)
rules.add_perm("deal:ask_for_case", is_administrator)
rules.add_perm("deal:decide_claim", is_administrator)
rules.add_perm("deal:add_task", is_participant)
rules.add_perm("deal:edit_task", holds_task)
rules.add_perm("deal:deliver", is_institution | is_team)
rules.add_perm("deal:accept", is_enterprise_approver)
rules.add_perm("complaint:open", signs_for_some_party)
# Target: a complaint.
rules.add_perm("complaint:read", is_side | is_administrator)
rules.add_perm("complaint:answer", is_side)
rules.add_perm("complaint:withdraw", is_complaining)
rules.add_perm("complaint:decide", is_administrator & ~takes_part)
second_factor.guard("complaint:decide")
# Target: a payee of the deal's split plan.
rules.add_perm("statement:read", is_payee | is_finance)

"""Who may see a deal and act in it, from its parties.

A deal is its parties' alone: to everybody else, administrators and finance aside, it does not exist.
"""

from typing import Any

import rules

from brokers.deals.models import Deal, DealFile, Party
from brokers.deals.stages import Actor
from brokers.profiles.permissions import is_broker
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import has_role, is_administrator, is_finance
from marketplace.listings.models import Listing

Role = Membership.Role


def acts_for(user: Any, party: Party, role: Role = Role.MEMBER) -> bool:
    """Whether `user` is the person that `party` names, or holds `role` in its organisation."""
    if party.organisation_id is None:
        return bool(party.user_id == user.pk)
    return has_role(user, party.organisation, role)


def parties_of(user: Any, deal: Deal, role: Role = Role.MEMBER) -> list[Party]:
    """Return the parties of `deal` for which `user` acts."""
    return [party for party in deal.parties.all() if acts_for(user, party, role)]


def actors(user: Any, deal: Deal, role: Role = Role.MEMBER) -> frozenset[Actor]:
    """Return the capacities in which `user` may move `deal`."""
    roles = {party.role for party in parties_of(user, deal, role)}
    capacities = {Actor(role) for role in roles & {"institution", "enterprise", "broker"}}
    if is_administrator(user):
        capacities.add(Actor.ADMINISTRATOR)
    return frozenset(capacities)


@rules.predicate
def is_participant(user: Any, deal: Deal) -> bool:
    return bool(parties_of(user, deal))


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
def is_team(user: Any, deal: Deal) -> bool:
    return any(party.role == Party.Role.TEAM for party in parties_of(user, deal))


@rules.predicate
def owns_listing(user: Any, listing: Listing) -> bool:
    return has_role(user, listing.organisation, Role.MEMBER)


@rules.predicate
def signs_for(user: Any, party: Party) -> bool:
    """Whether `user` signs for `party`: the person itself, or an approver of the organisation."""
    return acts_for(user, party, Role.APPROVER)


@rules.predicate
def participates_in_file(user: Any, file: DealFile) -> bool:
    return is_participant(user, file.deal)


rules.add_perm("deal:introduce", owns_listing | is_broker)
rules.add_perm("deal:read", is_participant | is_administrator | is_finance)
rules.add_perm("deal:move", is_participant | is_administrator)
rules.add_perm("deal:draft", is_drafter)
rules.add_perm("deal:sign", signs_for)
rules.add_perm("deal:record_due_diligence", is_institution)
rules.add_perm("deal:add_file", is_participant)
rules.add_perm("deal:read_file", participates_in_file | is_administrator | is_finance)
rules.add_perm("deal:deliver", is_institution | is_team)
rules.add_perm("deal:accept", is_enterprise_approver)

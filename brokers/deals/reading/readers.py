"""Who reads a deal, for whom that person acts, and whom it may know by name.

Invariant: as long as the enterprise is not disclosed, its name and the names of its people leave this
module for its own people and administrators only. Pages name parties and people through it alone.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from brokers.deals import permissions
from brokers.deals.models import Deal, Party
from brokers.deals.permissions import Role
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.accounts.models import Membership, User
from marketplace.accounts.permissions import Roles, is_administrator, roles_of


@dataclass(frozen=True)
class PartyLine:
    """A party as the reader sees it."""

    party: Party
    name: str
    is_mine: bool


@dataclass(frozen=True)
class Reader:
    """`user` at the page of `deal`; `roles` are those of `roles_of`."""

    user: Any
    deal: Deal
    roles: Roles

    @classmethod
    def of(cls, user: Any, deal: Deal) -> "Reader":
        return cls(user, deal, roles_of(user))

    @cached_property
    def knows_enterprise(self) -> bool:
        """Whether the reader may learn who posted the need."""
        if self.deal.enterprise_disclosed or is_administrator(self.user):
            return True
        return any(party.role == Party.Role.ENTERPRISE for party in self.parties)

    @cached_property
    def parties(self) -> list[Party]:
        """The parties for which the reader acts."""
        return permissions.parties_of(self.user, self.deal, roles=self.roles)

    @cached_property
    def approved(self) -> list[Party]:
        """The parties for which the reader may sign."""
        return permissions.parties_of(self.user, self.deal, Role.APPROVER, roles=self.roles)

    @cached_property
    def signing(self) -> list[Party]:
        """The same, and those that join by an amendment which the reader may sign for them."""
        coming = permissions.joining_parties(self.user, self.deal, Role.APPROVER, roles=self.roles)
        return [*self.approved, *coming]

    def acts_for(self, *roles: str, approver: bool = False) -> bool:
        """Whether the reader acts for a party in one of `roles`, or may sign for it."""
        parties = self.approved if approver else self.parties
        return any(party.role in roles for party in parties)

    @cached_property
    def party_lines(self) -> list[PartyLine]:
        """Everybody who takes part."""
        mine = {party.pk for party in self.parties}
        return [PartyLine(p, self.name(p), p.pk in mine) for p in self.deal.parties.all()]

    def name(self, party: Party) -> str:
        """Return the name of `party`, or that it is anonymous."""
        if party.role == Party.Role.ENTERPRISE and not self.knows_enterprise:
            return _("Anonymous enterprise")
        return party.name

    @property
    def enterprise_name(self) -> str:
        return self.deal.enterprise.name if self.knows_enterprise else _("Anonymous enterprise")

    @property
    def other_side(self) -> str:
        """Who is at the other side of the table: both of them for who sits between."""
        institution = self.deal.institution.name
        if self.acts_for("institution", "team", "partner"):
            return self.enterprise_name
        if self.acts_for("enterprise"):
            return institution
        return f"{institution} ↔ {self.enterprise_name}"

    @cached_property
    def payee_names(self) -> dict[Payee, str]:
        """The names of the parties as payees, from what was read with the deal."""
        organisation, user, parties = (
            PayeeKind.ORGANISATION,
            PayeeKind.USER,
            self.deal.parties.all(),
        )
        bodies = {
            Payee(organisation, p.organisation_id): p.name for p in parties if p.organisation_id
        }
        return bodies | {Payee(user, p.user_id): p.name for p in parties if p.user_id}

    def person(self, person: User | None) -> str:
        """Return the name of who did something, or whose person it was."""
        if person is None:
            return ""
        return person.name if self.names(person) else _("Anonymous enterprise")

    def names(self, person: User) -> bool:
        """Whether the reader may learn the name of `person`, who takes part."""
        return self.knows_enterprise or person.pk in self._named_people

    @cached_property
    def _named_people(self) -> set[int]:
        """Who is certainly not of the enterprise; asked only while that is anonymous."""
        parties = {party.user_id for party in self.deal.parties.all() if party.user_id}
        institution = Membership.objects.filter(organisation=self.deal.institution)
        return {*parties, *institution.values_list("user_id", flat=True), self.user.pk}

"""The people of a deal: everybody who may enter its room, and those of them who follow it.

Invariant: nobody is told anything of a deal that this person may not enter now.
"""

from django.db.models import Q, QuerySet

from brokers.deals.models import Deal, Party
from marketplace.accounts.models import Membership, User
from marketplace.accounts.permissions import SIGNING_ROLES


def participants(deal: Deal) -> QuerySet[User]:
    """Return the active people who act for a party of `deal`."""
    parties = deal.parties.all()
    people = [party.user_id for party in parties if party.user_id]
    organisations = [party.organisation_id for party in parties if party.organisation_id]
    members = Membership.objects.filter(organisation__in=organisations)
    return User.objects.filter(Q(pk__in=people) | Q(pk__in=members.values("user")), is_active=True)


def followers(deal: Deal) -> QuerySet[User]:
    """Return who has a part in `deal`: persons who are parties, who looks after the two listings, who
    did something in it, wrote, or has a task."""
    named = {party.user_id for party in deal.parties.all() if party.user_id}
    named |= {user.pk for listing in (deal.result, deal.need) for user in listing.stewards()}
    return participants(deal).filter(
        Q(pk__in=named)
        | Q(pk__in=deal.events.exclude(actor=None).values("actor"))
        | Q(pk__in=deal.messages.values("author"))
        | Q(pk__in=deal.tasks.values("responsible"))
    )


def signers(deal: Deal, role: str) -> QuerySet[User]:
    """Return the people who may sign for who is party in `role`."""
    return signers_of(*(party for party in deal.parties.all() if party.role == role))


def signers_of(*parties: Party) -> QuerySet[User]:
    """Return the people who may sign for `parties`: the persons themselves, members of organisations."""
    organisations = [party.organisation_id for party in parties if party.organisation_id]
    members = Membership.objects.filter(organisation__in=organisations, role__in=SIGNING_ROLES)
    people = [party.user_id for party in parties if party.user_id]
    return User.objects.filter(Q(pk__in=people) | Q(pk__in=members.values("user")))

"""Deals that are performed, and what people do to amend their agreement."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from brokers.deals import agreements, documents, versions
from brokers.deals.models import Agreement, Deal, Milestone, Party
from brokers.deals.succession import Change
from marketplace.accounts.models import User
from marketplace.accounts.permissions import SIGNING_ROLES
from tests.deals.factories import World

OTHER = {"institution": 3000, "team": 6000, "broker": 1000}
"""Shares other than those of the first version."""


def refused(match: str) -> Any:
    """Expect that what happens inside is refused in these words."""
    return pytest.raises(ValidationError, match=match)


def states(deal: Deal) -> list[str]:
    """Return the states of the versions of the agreement."""
    return list(deal.agreements.order_by("version").values_list("state", flat=True))


def second(deal: Deal) -> Milestone:
    """Return the second milestone of the first version."""
    return Milestone.objects.get(agreement__deal=deal, agreement__version=1, position=2)


def performing(world: World, *amounts: int, **plan: Any) -> Deal:
    """Return a deal whose first milestone is paid and settled."""
    deal = world.agreed(*(amounts or (1_000_000, 500_000)), **plan)
    first = Milestone.objects.get(agreement__deal=deal, position=1)
    world.pay(first)
    world.settle(first)
    return Deal.objects.get(pk=deal.pk)


def draft(
    world: World,
    deal: Deal,
    *amounts: int,
    parties: tuple[Change, ...] = (),
    title: str = "Part",
    terms: dict[str, Any] | None = None,
    **plan: Any,
) -> Agreement:
    """Draft an amendment with a milestone for each of `amounts` instead of what has not begun."""
    milestones = [
        {**one, "title": f"{title} {number}"}
        for number, one in enumerate(world.milestones(*amounts), start=1)
    ]
    changes = {"party_changes": [change.stored() for change in parties]}
    return agreements.save_draft(
        deal=deal,
        terms={**world.terms(**plan), **changes, **(terms or {})},
        milestones=milestones,
        author=world.broker,
        kept=[milestone.pk for milestone in versions.begun(deal)],
    )


def propose(world: World, deal: Deal, *amounts: int, **fields: Any) -> Agreement:
    drafted = draft(world, deal, *(amounts or (700_000,)), **fields)
    agreements.propose(agreement=drafted, author=world.broker)
    return Agreement.objects.select_related("document", "deal").get(pk=drafted.pk)


def everybody(agreement: Agreement) -> list[Party]:
    """Return who signs `agreement`: those who are parties now, and those who join."""
    deal = Deal.objects.get(pk=agreement.deal_id)
    return [*deal.parties.all(), *Party.every.filter(joins_with=agreement)]


def signer_of(party: Party) -> User:
    if party.user is not None:
        return party.user
    members = party.organisation.memberships.filter(role__in=SIGNING_ROLES)
    return User.objects.filter(memberships__in=members).order_by("pk")[0]


def sign(agreement: Agreement, *parties: Party, document: Any = None) -> None:
    """Have `agreement` (or another `document`) signed by `parties`, or by everybody."""
    text = document or agreement.document
    for party in parties or everybody(agreement):
        documents.sign(
            document=text,
            party=party,
            signer=signer_of(party),
            sha256=text.sha256,
            address="127.0.0.1",
            user_agent="test",
        )


def amended(world: World, deal: Deal, *amounts: int, **fields: Any) -> Agreement:
    """Propose an amendment, and let everybody sign it."""
    agreement = propose(world, deal, *amounts, **fields)
    sign(agreement)
    agreement.refresh_from_db()
    return agreement

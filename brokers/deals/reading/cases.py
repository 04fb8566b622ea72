"""What typical cases show of deals: read from the deals, as far as all of their parties allow now.

Invariant: nobody is named who has not agreed to it, and never who posted an anonymous need; neither is
anybody named by the page of a listing that is linked.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from brokers.deals import case_consents, versions
from brokers.deals.models import Agreement, Deal, Party
from brokers.deals.stages import Stage
from marketplace.accounts.models import Organisation
from marketplace.listings.cases import CaseFacts, NamedParty
from marketplace.listings.models import Listing
from marketplace.money import Money

STANDING = {
    Stage.AGREED: _("signed"),
    Stage.PERFORMING: _("being performed"),
    Stage.COMPLETED: _("performed and paid"),
}
"""How readers are told of the stages of deals that may be shown."""

RELATED = (
    "organisation",
    "user",
    "case_consent",
    "deal__introduction",
    "deal__result__organisation",
    "deal__need__organisation",
)


@dataclass
class _Case:
    """A deal with everybody who is, was or will be its party."""

    deal: Deal
    everybody: list[Party] = field(default_factory=list)

    @property
    def parties(self) -> list[Party]:
        """Those who are parties now."""
        return [p for p in self.everybody if p.joined_at is not None and p.left_at is None]

    @cached_property
    def named(self) -> list[Party]:
        """The parties that are named."""
        return [p for p in self.parties if p.case_consent.is_named and not self._is_anonymous(p)]

    def _is_anonymous(self, party: Party) -> bool:
        need = self.deal.need
        posted = party.role == party.Role.ENTERPRISE or party.organisation == need.organisation
        return need.anonymous and posted

    @cached_property
    def _named_organisations(self) -> set[int | None]:
        return {party.organisation_id for party in self.named}

    @property
    def unnamed(self) -> frozenset[str]:
        """The names of all others, and of those who posted the two listings."""
        owners = (self.deal.result.organisation, self.deal.need.organisation)
        others = [owner for owner in owners if owner.pk not in self._named_organisations]
        names = {*_names(self.everybody), *(word for owner in others for word in _words(owner))}
        return frozenset(names - {*_names(self.named)})

    def linked(self, listing: Listing) -> Listing | None:
        """Return `listing` where its page is public and names nobody but who is named anyway."""
        tells = (
            not listing.is_anonymous and listing.organisation_id not in self._named_organisations
        )
        return listing if listing.live and not tells else None


def offered() -> list[tuple[UUID, str]]:
    """Return the deals that have come about, the last changed first, as administrators know them."""
    deals = Deal.objects.filter(stage__in=case_consents.SHOWN).select_related("result", "need")
    return [(deal.pk, Truncator(f"{deal.reference} · {deal}").chars(90)) for deal in deals]


def unnamed(references: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return, of each of the deals `references` that may be shown, who stays unnamed; in one query."""
    return {case.deal.pk: case.unnamed for case in _allowed(references)}


def facts(reference: UUID) -> CaseFacts | None:
    """Return what may be shown of the deal `reference`, None for nothing."""
    case = next(iter(_allowed([reference])), None)
    return _facts(case) if case else None


def _allowed(references: Collection[UUID]) -> list[_Case]:
    rows = Party.every.filter(deal__in=references).select_related(*RELATED)
    cases: dict[UUID, _Case] = {}
    for party in rows:
        cases.setdefault(party.deal_id, _Case(party.deal)).everybody.append(party)
    return [
        case for case in cases.values() if case_consents.are_agreed(case.deal.stage, case.parties)
    ]


def _facts(case: _Case) -> CaseFacts:
    deal = case.deal
    binding = list(deal.agreements.filter(state__in=Agreement.BINDING))
    signed_at = min(agreement.signed_at for agreement in binding if agreement.signed_at)
    return CaseFacts(
        contract=binding[-1].get_contract_type_display(),
        signed_on=timezone.localdate(signed_at),
        days=(signed_at - deal.introduction.created_at).days,
        standing=str(STANDING[Stage(deal.stage)]),
        price=_price(case, binding[-1]),
        parties=tuple(NamedParty(p.get_role_display(), p.name) for p in case.named),
        result=case.linked(deal.result),
        need=case.linked(deal.need),
        unnamed=case.unnamed,
    )


def _price(case: _Case, agreement: Agreement) -> Money | None:
    """Return the price of the contract where every party discloses it and it has a fixed one."""
    if not all(party.case_consent.shows_price for party in case.parties):
        return None
    milestones = versions.contents(agreement).prefetch_related(None)
    return versions.price(milestones, agreement.currency) or None


def _names(parties: Iterable[Party]) -> Iterator[str]:
    """Yield the names by which `parties` would be recognised."""
    for party in parties:
        if party.organisation is not None:
            yield from _words(party.organisation)
        elif party.user is not None:
            yield party.user.name


def _words(organisation: Organisation) -> Iterator[str]:
    given = (organisation.name_zh, organisation.name_en, organisation.website)
    yield from (name for name in given if name)

"""From the terms that people type to the split plan that they sign.

Terms are plain JSON, kept with the draft so that nothing typed is lost; the plan is made from them
only when the agreement is proposed, and then checked by the rules of settlement.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import gcd
from typing import Any

from brokers.deals import succession
from brokers.deals.models import Agreement, Party
from brokers.profiles.profiles import brokerage_parts
from brokers.settlement.commission import Scale, Tier
from brokers.settlement.plan import (
    OFFICE,
    PLATFORM,
    ContractType,
    Member,
    Payee,
    PayeeKind,
    Plan,
    PlanForm,
    Role,
    Route,
    Share,
)


def build(agreement: Agreement) -> Plan:
    """Return the plan that the terms of `agreement` describe, not yet checked, without its floor.

    Terms: `form`; `shares` in basis points for institution, team, broker and platform; `tiers` of
    the commission as [start, end, basis points] in minor units, `minimum`, `cap`; `platform_fee` in
    basis points; `office_fee` in basis points; `team_tiers` like `tiers`, instead of the team's
    share; `inventors` and `brokers` as [user, parts]; `institutions` as [organisation, parts];
    `team_via_institution`. Whether brokerage counts as a cost is what the agreement's policy says.
    """
    terms, parties = agreement.plan_terms, succession.after(agreement)
    institution, *partners = _institutions(parties, dict(terms.get("institutions", [])))
    form = PlanForm(terms["form"])
    shares = [
        _office_share(institution.payee, terms),
        _share(Role.INSTITUTION, (institution, *partners), terms),
        _team_share(_team(terms, institution.payee), terms),
        _share(Role.PLATFORM, (Member(PLATFORM),), terms),
    ]
    if members := _brokers(parties, dict(terms.get("brokers", []))):
        shares.insert(0, _broker_share(form, members, terms))
    policy = agreement.policy
    return Plan(
        form=form,
        contract_type=ContractType(agreement.contract_type),
        currency=agreement.currency,
        shares=tuple(s for s in shares if s.basis_points or s.scale),
        loss_bearer=PLATFORM if agreement.loss_bearer == Role.PLATFORM else institution.payee,
        platform_fee=terms.get("platform_fee", 0),
        brokerage_as_cost=str(policy) if policy and policy.brokerage_as_cost else "",
        policy=str(policy) if policy else "",
    )


def _share(role: Role, members: tuple[Member, ...], terms: dict[str, Any]) -> Share:
    return Share(role.value, role, members, basis_points=terms["shares"].get(role.value, 0))


def _office_share(institution: Payee, terms: dict[str, Any]) -> Share:
    fee = terms.get("office_fee", 0)
    scale = Scale((Tier(0, None, fee),)) if fee else None
    return Share(OFFICE, Role.INSTITUTION, (Member(institution),), scale=scale)


def _team_share(members: tuple[Member, ...], terms: dict[str, Any]) -> Share:
    tiers = tuple(Tier(start, end, rate) for start, end, rate in terms.get("team_tiers", []))
    if not tiers:
        return _share(Role.TEAM, members, terms)
    return Share(Role.TEAM.value, Role.TEAM, members, scale=Scale(tiers))


def _team(terms: dict[str, Any], institution: Payee) -> tuple[Member, ...]:
    via = institution if terms.get("team_via_institution") else None
    route = Route.INSTITUTION if via else Route.DIRECT
    return tuple(
        Member(Payee(PayeeKind.USER, user), parts, route, via) for user, parts in terms["inventors"]
    )


def _institutions(parties: Iterable[Party], parts: Mapping[int, int]) -> list[Member]:
    """Return the institution and then its partners, each with its parts of their share."""
    order = (Party.Role.INSTITUTION, Party.Role.PARTNER)
    found = sorted((p for p in parties if p.role in order), key=lambda p: order.index(p.role))
    ids = [party.organisation_id for party in found if party.organisation_id is not None]
    return [Member(Payee(PayeeKind.ORGANISATION, pk), parts.get(pk, 1)) for pk in ids]


def _brokers(parties: Iterable[Party], parts: Mapping[int, int]) -> tuple[Member, ...]:
    """Return the brokers by their agreed parts, each with what goes to its brokerage as agreed.

    Parts are those that were typed, unless a brokerage's percentage divides them further.
    """
    brokers = (party for party in parties if party.role == Party.Role.BROKER)
    users = [party.user_id for party in brokers if party.user_id is not None]
    agreed = brokerage_parts(users)
    weights: dict[Payee, int] = defaultdict(int)
    for user in users:
        brokerage, percent = agreed.get(user, (0, 0))
        weights[Payee(PayeeKind.USER, user)] += parts.get(user, 1) * (100 - percent)
        if percent:
            weights[Payee(PayeeKind.ORGANISATION, brokerage)] += parts.get(user, 1) * percent
    unit = (gcd(*weights.values()) or 1) if agreed else 100
    return tuple(Member(payee, weight // unit) for payee, weight in weights.items())


def _broker_share(form: PlanForm, members: tuple[Member, ...], terms: dict[str, Any]) -> Share:
    if form is PlanForm.FLAT:
        return _share(Role.BROKER, members, terms)
    scale = Scale(
        tuple(Tier(start, end, rate) for start, end, rate in terms.get("tiers", [])),
        minimum=terms.get("minimum", 0),
        cap=terms.get("cap"),
    )
    return Share(Role.BROKER.value, Role.BROKER, members, scale=scale)

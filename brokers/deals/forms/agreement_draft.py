"""A stored draft of an agreement as the form shows it, and a first one where there is none."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.forms import model_to_dict

from brokers.deals import versions
from brokers.deals.forms.agreement_terms import INSTITUTION, PLATFORM, initial_shares
from brokers.deals.models import Agreement, Deal, Milestone, TaxTreatment
from brokers.deals.reporting_periods import next_period
from brokers.settlement.commission import WHOLE
from brokers.settlement.models import Policy
from brokers.settlement.plan import PlanForm
from marketplace.accounts.models import User
from marketplace.money import Money

ROYALTY_FIELDS = ("title", "base", "rate", "months", "first_day", "last_day", "payment_days")


def initial(
    deal: Deal, agreement: Agreement | None, policy: Policy | None, kept: Collection[Any] = ()
) -> dict[str, Any]:
    """Return what the form shows first: `terms`, and the rows of each formset by its name.

    A first draft is proposed from the `policy` of the institution, an amendment from the version in
    force, less the milestones that it has `kept`.
    """
    if agreement is None:
        return {
            "terms": {
                "currency": policy.currency if policy else "CNY",
                "collector": INSTITUTION,
                "loss_bearer": INSTITUTION,
                "tax_treatment": TaxTreatment.RATE,
                **(_shares_by(policy) if policy else {}),
            },
            "tiers": [],
            "team_tiers": _team_tiers(policy.team_tiers, policy.currency) if policy else [],
            "inventors": [{"email": deal.result.author.email, "parts": 1}],
            "milestones": [],
            "royalties": [],
            "costs": [],
        }
    plan, milestones = agreement.plan_terms, open_milestones(agreement, kept)
    return {
        "terms": _terms(agreement, plan),
        "tiers": [_tier(tier, agreement.currency) for tier in plan.get("tiers", [])],
        "team_tiers": _team_tiers(plan.get("team_tiers", []), agreement.currency),
        "inventors": _inventors(plan.get("inventors", [])),
        "milestones": [_milestone(milestone) for milestone in milestones],
        "royalties": list(_royalties(agreement)),
        "costs": [
            {"milestone": number, "title": cost.title, "amount": cost.money}
            for number, milestone in enumerate(milestones, start=1)
            for cost in milestone.costs.all()
        ],
    }


def _terms(agreement: Agreement, plan: Mapping[str, Any]) -> dict[str, Any]:
    minimum, cap = plan.get("minimum"), plan.get("cap")
    return {
        "contract_type": agreement.contract_type,
        "subject": agreement.subject,
        "currency": agreement.currency,
        "collector": INSTITUTION if agreement.collector_id else PLATFORM,
        "tax_basis_points": agreement.tax_basis_points,
        "tax_treatment": agreement.tax_treatment,
        "acceptance_days": agreement.acceptance_days,
        "loss_bearer": agreement.loss_bearer,
        "equity": agreement.equity,
        "plan_form": plan.get("form", PlanForm.FLAT),
        "minimum": Money(minimum, agreement.currency) if minimum else None,
        "cap": Money(cap, agreement.currency) if cap else None,
        "platform_fee": plan.get("platform_fee") or None,
        "team_via_institution": plan.get("team_via_institution", False),
        "office_fee": plan.get("office_fee") or None,
        **dict(initial_shares(plan)),
    }


def _shares_by(policy: Policy) -> dict[str, Any]:
    """Return the shares that `policy` proposes: the rest belongs to the institution."""
    office = {"plan_form": PlanForm.FLAT, "office_fee": policy.office_fee or None}
    if len(policy.team_tiers) > 1:
        return {**office, "share_institution": WHOLE}
    team = policy.team_tiers[0][2]
    return {**office, "share_team": team, "share_institution": WHOLE - team or None}


def _team_tiers(tiers: list[list[Any]], currency: str) -> list[dict[str, Any]]:
    """Return the rows of a team whose share changes; one rate for all is a share, not a tier."""
    return [_tier(tier, currency) for tier in tiers] if len(tiers) > 1 else []


def _tier(tier: list[Any], currency: str) -> dict[str, Any]:
    _start, end, rate = tier
    return {"up_to": None if end is None else Money(end, currency), "rate": rate}


def _inventors(inventors: list[Any]) -> list[dict[str, Any]]:
    emails = dict(
        User.objects.filter(pk__in=[user for user, _parts in inventors]).values_list("pk", "email")
    )
    return [{"email": emails.get(user, ""), "parts": parts} for user, parts in inventors]


def open_milestones(agreement: Agreement, kept: Collection[Any] = ()) -> list[Milestone]:
    """Return what a draft begins with: its own milestones, or those in force that are not `kept`."""
    deal = agreement.deal
    own = versions.milestones_of(deal) if agreement.is_binding else agreement.milestones.all()
    return [milestone for milestone in own if milestone.pk not in kept]


def parts(holders: Iterable[Any], typed: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the row of each of `holders`, with the parts that a draft gives it."""
    known: dict[int, int] = dict(typed)
    return [{"parts": known.get(holder.pk, 1)} for holder in holders]


def _royalties(agreement: Agreement) -> Iterator[dict[str, Any]]:
    """Yield the rows of royalties; one that is in force goes on where its reports have come to."""
    for royalty in agreement.royalties.all():
        row = model_to_dict(royalty, fields=ROYALTY_FIELDS)
        following = next_period(royalty)
        if not agreement.is_binding:
            yield row
        elif following is not None:
            yield {**row, "first_day": following.first}


def _milestone(milestone: Milestone) -> dict[str, Any]:
    return {
        "title": milestone.title,
        "amount": milestone.money,
        "due_on": milestone.due_on,
        "deliverable": milestone.deliverable,
    }

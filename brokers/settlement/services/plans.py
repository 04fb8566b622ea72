"""Drawing up versions of a deal's split plan.

Invariant: only a plan without problems becomes a version, always with the floor that law and policy
set on the day, whatever the caller put there.
"""

import uuid
from dataclasses import replace
from datetime import date

from django.db import transaction

from brokers.settlement import ledger, plan_text
from brokers.settlement.legal import floor_in_force
from brokers.settlement.models import Policy, SplitPlan, SplitShare
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.plan import Plan, digest
from brokers.settlement.plan_rules import check


def with_floor(
    plan: Plan, *, state_established: bool, on: date, policy: Policy | None = None
) -> Plan:
    """Return `plan` with the floor that binds it when signed on this day.

    `state_established` and `policy` are of the institution whose result is transferred: the law's
    floor or the policy's, whichever is higher.
    """
    legal = floor_in_force(
        contract_type=plan.contract_type, state_established=state_established, on=on
    )
    floors = [floor for floor in (legal, policy and policy.least) if floor]
    return replace(plan, floor=max(floors, key=lambda floor: floor.basis_points, default=None))


@transaction.atomic
def add_version(
    *,
    deal_reference: uuid.UUID,
    plan: Plan,
    state_established: bool,
    on: date,
    policy: Policy | None = None,
) -> SplitPlan:
    """Store `plan` as the deal's next version; the same plan again is the same version.

    Raises `PlanError` with all problems of the plan.
    """
    bound = with_floor(plan, state_established=state_established, on=on, policy=policy)
    check(bound)
    ledger.locked(deal_reference)
    text = plan_text.canonical(bound)
    latest = SplitPlan.objects.filter(deal_reference=deal_reference).order_by("version").last()
    if latest and latest.text == text:
        return latest
    row = SplitPlan.objects.create(
        deal_reference=deal_reference,
        version=latest.version + 1 if latest else 1,
        text=text,
        digest=digest(text),
    )
    SplitShare.objects.bulk_create(_share_rows(row, bound))
    return row


def _share_rows(row: SplitPlan, plan: Plan) -> list[SplitShare]:
    return [
        SplitShare(
            plan=row,
            key=share.key,
            role=share.role,
            basis_points=share.basis_points,
            parts=member.parts,
            route=member.route,
            via_id=None if member.via is None else member.via.id,
            **payee_columns(member.payee),
        )
        for share in plan.shares
        for member in share.members
    ]

"""The canonical text of a plan: JSON with sorted keys, integers only, and its way back.

Invariant: `read(canonical(plan)) == plan` and `canonical(read(text)) == text`. A change of this
form is a new `FORMAT`, and texts of an older one stay readable, since signatures point to them.
"""

import json
from datetime import date
from typing import Any

from brokers.settlement.commission import Scale, Tier
from brokers.settlement.legal import Floor
from brokers.settlement.plan import ContractType, Member, Payee, Plan, PlanForm, Role, Route, Share

FORMAT = 1


def canonical(plan: Plan) -> str:
    """Return the text that signatures and settlements refer to."""
    floor = plan.floor
    document = {
        "format": FORMAT,
        "form": plan.form,
        "contract_type": plan.contract_type,
        "currency": plan.currency,
        "platform_fee": plan.platform_fee,
        "brokerage_as_cost": plan.brokerage_as_cost,
        "policy": plan.policy,
        "loss_bearer": plan.loss_bearer.key,
        "floor": floor
        and {
            "basis_points": floor.basis_points,
            "effective_from": floor.effective_from.isoformat(),
            "source": floor.source,
        },
        "shares": [_share(share) for share in plan.shares],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Plan:
    """Return the plan of a canonical text. Raises `ValueError` when it is none of this format."""
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise ValueError("unknown format of plan")
        floor = document["floor"]
        return Plan(
            form=PlanForm(document["form"]),
            contract_type=ContractType(document["contract_type"]),
            currency=document["currency"],
            platform_fee=document["platform_fee"],
            brokerage_as_cost=document["brokerage_as_cost"],
            policy=document["policy"],
            loss_bearer=Payee.parse(document["loss_bearer"]),
            floor=floor
            and Floor(
                floor["basis_points"],
                date.fromisoformat(floor["effective_from"]),
                floor["source"],
            ),
            shares=tuple(_read_share(share) for share in document["shares"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the text of a plan") from error


def _share(share: Share) -> dict[str, Any]:
    scale = share.scale
    return {
        "key": share.key,
        "role": share.role,
        "basis_points": share.basis_points,
        "scale": scale
        and {
            "tiers": [[tier.start, tier.end, tier.basis_points] for tier in scale.tiers],
            "minimum": scale.minimum,
            "cap": scale.cap,
            "ceiling": scale.ceiling,
        },
        "members": [
            {
                "payee": member.payee.key,
                "parts": member.parts,
                "route": member.route,
                "via": member.via and member.via.key,
            }
            for member in share.members
        ],
    }


def _read_share(document: dict[str, Any]) -> Share:
    scale = document["scale"]
    return Share(
        key=document["key"],
        role=Role(document["role"]),
        basis_points=document["basis_points"],
        scale=scale
        and Scale(
            tuple(Tier(start, end, rate) for start, end, rate in scale["tiers"]),
            minimum=scale["minimum"],
            cap=scale["cap"],
            ceiling=scale["ceiling"],
        ),
        members=tuple(
            Member(
                Payee.parse(member["payee"]),
                member["parts"],
                Route(member["route"]),
                member["via"] and Payee.parse(member["via"]),
            )
            for member in document["members"]
        ),
    )

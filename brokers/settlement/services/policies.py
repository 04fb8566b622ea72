"""Keeping an institution's policies: add a version, and find the one that is in force.

Invariant: a version can be read as a plan without problems, and begins today or later; so what was in
force on a day never changes afterwards.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.settlement.commission import WHOLE
from brokers.settlement.messages import problem_text
from brokers.settlement.models import Policy
from brokers.settlement.plan_rules import scale_problems
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import require
from marketplace.amounts import percent_digits
from marketplace.audit import trail


@transaction.atomic
def add(*, organisation: Organisation, by: User, **fields: Any) -> Policy:
    """Add a version with these `fields` of `Policy`.

    Raises `PermissionDenied`, and `ValidationError` for a day in the past, tiers that are not whole,
    and a least share that the version's own shares do not reach.
    """
    require(by, "policy:add", organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    policy = Policy(
        organisation=organisation,
        version=organisation.policies.count() + 1,
        added_by=by,
        **fields,
    )
    policy.full_clean()
    _check(policy)
    policy.save()
    trail.record(actor=by, action="policy.add", target=organisation, version=policy.version)
    return policy


def in_force(organisation_id: int | None, *, on: date) -> Policy | None:
    """Return the version that holds on this day, if there is one."""
    policies = Policy.objects.filter(organisation=organisation_id, effective_from__lte=on)
    return policies.order_by("effective_from", "version").last()


def least_for_team(policy: Policy) -> int:
    """Return the least part of net income that the version gives the team, in basis points."""
    return policy.team_scale.flattest * (WHOLE - policy.office_fee) // WHOLE


def _check(policy: Policy) -> None:
    if policy.effective_from < timezone.localdate():
        raise ValidationError({"effective_from": _("A policy begins today or later.")})
    if problems := [problem_text(p) for p in scale_problems(policy.team_scale, "team")]:
        raise ValidationError({"team_tiers": problems})
    least = least_for_team(policy)
    if policy.floor > least:
        text = _("By these shares the team could get as little as %(least)s %% of net income.")
        raise ValidationError({"floor": text % {"least": percent_digits(least)}})

"""Direct costs of a milestone: proven by one person, approved by another.

Invariant: a cost comes off a payment only with evidence that somebody else than who added it approved,
an approver of the institution or of the enterprise; evidence that is refused has to be added anew.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import files, performance, progress
from brokers.deals.models import DealFile, DirectCost
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.files import uploads


@transaction.atomic
def prove_by_upload(*, cost: DirectCost, upload: uploads.Upload, by: User) -> None:
    """Store `upload` with the deal and attach it to `cost`; see `prove`."""
    deal = cost.milestone.agreement.deal
    kind = DealFile.Kind.EVIDENCE
    evidence = files.add(deal=deal, upload=upload, kind=kind, title=cost.title, by=by)
    prove(cost=cost, evidence=evidence, by=by)


@transaction.atomic
def prove(*, cost: DirectCost, evidence: DealFile, by: User) -> None:
    """Attach `evidence` to a direct cost that has none.

    Raises `PermissionDenied` for who does not take part, `ValidationError` when evidence is there.
    """
    _milestone, deal = performance.locked(cost.milestone)
    require(by, "deal:add_file", deal)
    cost = DirectCost.objects.get(pk=cost.pk)
    if cost.evidence_id is not None:
        raise ValidationError(_("This cost has its evidence already."))
    cost.evidence = evidence
    cost.save(update_fields=["evidence"])
    progress.record(deal=deal, kind="cost_proven", actor=by, cost=cost.pk)


@transaction.atomic
def approve(*, cost: DirectCost, by: User) -> None:
    """Approve a proven cost; settlement follows if nothing else is missing. Once is enough.

    Raises `PermissionDenied` for who may not approve, `ValidationError` without evidence and for who
    added it.
    """
    milestone, deal = performance.locked(cost.milestone)
    cost = _proven(cost, by)
    if cost.approved_at is None:
        cost.approved_by, cost.approved_at = by, timezone.now()
        cost.save(update_fields=["approved_by", "approved_at"])
        progress.record(deal=deal, kind="cost_approved", actor=by, cost=cost.pk)
        performance.settle_if_ready(milestone, deal)


@transaction.atomic
def refuse(*, cost: DirectCost, reason: str, by: User) -> None:
    """Refuse the evidence of a cost that is not approved yet; it stays with the files of the deal.

    Raises as `approve` does, and `ValidationError` once the cost is approved.
    """
    _milestone, deal = performance.locked(cost.milestone)
    cost = _proven(cost, by)
    if cost.approved_at is not None:
        raise ValidationError(_("This cost is approved already."), code="decided")
    cost.evidence = None
    cost.save(update_fields=["evidence"])
    progress.record(deal=deal, kind="cost_refused", actor=by, note=reason, cost=cost.pk)


def _proven(cost: DirectCost, by: User) -> DirectCost:
    """Return the cost as it stands, if `by` may decide about its evidence."""
    cost = DirectCost.objects.select_related("evidence", "milestone__agreement__deal").get(
        pk=cost.pk
    )
    require(by, "cost:approve", cost.milestone.agreement.deal)
    if cost.evidence is None:
        raise ValidationError(_("The evidence of this cost is missing."))
    if cost.evidence.added_by_id == by.pk:
        raise ValidationError(_("Somebody else than who added the evidence approves it."))
    return cost

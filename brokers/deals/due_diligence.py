"""Keep the due-diligence record (尽职免责) of a deal, until the agreement is closed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import progress
from brokers.deals.models import Deal, DueDiligence
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require


@transaction.atomic
def record(*, deal: Deal, fields: dict[str, Any], by: User) -> DueDiligence:
    """Store `fields` of the record.

    Raises `PermissionDenied` for who is not of the institution, `ValidationError` for contradictory
    fields and once the deal is agreed.
    """
    require(by, "deal:record_due_diligence", deal)
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    if locked.stage not in (Stage.EVALUATING, Stage.NEGOTIATING):
        raise ValidationError(_("The record is closed once the deal is agreed."))
    found = DueDiligence.objects.filter(deal=locked).first() or DueDiligence(deal=locked)
    for field, value in fields.items():
        setattr(found, field, value)
    found.recorded_by = by
    found.full_clean()
    found.save()
    progress.record(deal=locked, kind="due_diligence_recorded", actor=by)
    progress.try_advance(deal=locked, move="agree")
    return found

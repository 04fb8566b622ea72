"""Keep the due-diligence record (尽职免责) of a deal, until the agreement is closed, or amended anew."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import amendments, files, periods, progress, versions
from brokers.deals.models import Deal, DealFile, DueDiligence
from brokers.deals.models.compliance import Rights
from brokers.deals.stages import Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.files import uploads

STAGES = (Stage.EVALUATING, Stage.NEGOTIATING)


@transaction.atomic
def record(
    *, deal: Deal, fields: dict[str, Any], by: User, minutes: uploads.Upload | None = None
) -> DueDiligence:
    """Store `fields` of the record, and the `minutes` of the approval where they are new.

    Raises `PermissionDenied` for who is not of the institution, `ValidationError` for contradictory
    fields, without minutes, and once the deal is agreed, unless an amendment is on its way.
    """
    require(by, "deal:record_due_diligence", deal)
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    if locked.stage not in STAGES and versions.amendment(locked) is None:
        raise ValidationError(_("The record is closed once the deal is agreed."))
    found = DueDiligence.objects.filter(deal=locked).first() or DueDiligence(deal=locked)
    for field, value in fields.items():
        setattr(found, field, value)
    found.recorded_by = by
    found.full_clean(exclude=["minutes"])
    _check_rights(found)
    if minutes is not None:
        found.minutes = files.add(
            deal=locked,
            upload=minutes,
            kind=DealFile.Kind.MINUTES,
            title=found.approval[:120],
            by=by,
            tier=DealFile.Tier.SIDE,
        )
    if found.minutes is None:
        raise ValidationError({"upload": _("Add the minutes of the approval.")})
    found.save()
    progress.record(deal=locked, kind="due_diligence_recorded", actor=by)
    progress.try_advance(deal=locked, move="agree")
    amendments.try_enforce(locked)
    return found


def _check_rights(record: DueDiligence) -> None:
    """Complain about rights of the team that are not whole, or shorter than their rule says."""
    if record.rights == Rights.NONE:
        record.rights_share = record.rights_from = record.rights_until = None
        return
    if record.rights_from is None:
        raise ValidationError({"rights_from": _("Say from which day the team has this right.")})
    if record.rights == Rights.OWNERSHIP:
        if not record.rights_share:
            raise ValidationError({"rights_share": _("Say which share the team owns.")})
        return
    record.rights_share = None
    period = periods.right_of_use(on=record.rights_from)
    if record.rights_until is None or record.rights_until < period.end(record.rights_from):
        text = _("A long-term right of use lasts at least %(years)d years (%(source)s).")
        least = {"years": period.years, "source": period.source}
        raise ValidationError({"rights_until": text % least})

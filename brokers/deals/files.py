"""Files of a deal, for its parties alone, each for as many of them as its tier says.

What one side keeps to itself leaves no line in the history that both sides read.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokers.deals import progress
from brokers.deals.models import Deal, DealFile, Party
from brokers.deals.permissions import file_filter, left_parties, parties_of, side_of
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.files import uploads

Tier, Side = DealFile.Tier, DealFile.Side


@transaction.atomic
def add(
    *,
    deal: Deal,
    upload: uploads.Upload,
    kind: str,
    title: str,
    by: Any,
    tier: str = Tier.PARTIES,
) -> DealFile:
    """Store a checked `upload` with `deal`, for the readers of `tier`.

    Raises `PermissionDenied` for who does not take part, and `ValidationError` when a broker, who does
    not sign the confidentiality agreement, puts a file under it.
    """
    require(by, "deal:add_file", deal)
    if tier == Tier.NDA and own_side(deal, by) == Side.BROKER:
        raise ValidationError({"tier": _("Brokers do not sign the confidentiality agreement.")})
    return keep(deal=deal, upload=upload, kind=kind, title=title, by=by, tier=tier)


def keep(
    *,
    deal: Deal,
    upload: uploads.Upload,
    kind: str,
    title: str,
    by: Any,
    tier: str = Tier.PARTIES,
) -> DealFile:
    """Store a checked `upload` for the side of `by`, also of one that left: it still sends papers."""
    side = own_side(deal, by)
    stored = uploads.store(upload, uploaded_by=by)
    file = DealFile.objects.create(
        deal=deal,
        file=stored,
        kind=kind,
        title=title or stored.name,
        added_by=by,
        tier=tier,
        side=side,
    )
    if tier != Tier.SIDE:
        progress.record(deal=deal, kind="file_added", actor=by, sha256=stored.sha256)
    trail.record(actor=by, action="deal.add_file", target=deal, file=str(stored.pk), tier=tier)
    return file


def own_side(deal: Deal, user: Any) -> DealFile.Side:
    """Return the side that `user`, who takes or took part in `deal`, is on; a broker's comes last."""
    parties = parties_of(user, deal) or left_parties(user, deal)
    return side_of(min(parties, key=lambda party: party.role == Party.Role.BROKER))


def readable(deal: Deal, user: Any) -> list[DealFile]:
    """Return the files of `deal` that `user` may read, the oldest first."""
    may_read = file_filter(user, deal)
    return [file for file in deal.files.select_related("file", "added_by") if may_read(file)]


def downloaded(*, file: DealFile, by: Any) -> None:
    """Log that `by` fetched `file`."""
    trail.record(actor=by, action="deal.download", target=file.deal, file=str(file.file_id))

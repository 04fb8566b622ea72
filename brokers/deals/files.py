"""Files of a deal, for its parties alone."""

from typing import Any

from django.db import transaction

from brokers.deals import progress
from brokers.deals.models import Deal, DealFile
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.files import uploads


@transaction.atomic
def add(*, deal: Deal, upload: uploads.Upload, kind: str, title: str, by: Any) -> DealFile:
    """Store a checked `upload` with `deal`. Raises `PermissionDenied` for who does not take part."""
    require(by, "deal:add_file", deal)
    stored = uploads.store(upload, uploaded_by=by)
    file = DealFile.objects.create(
        deal=deal, file=stored, kind=kind, title=title or stored.name, added_by=by
    )
    progress.record(deal=deal, kind="file_added", actor=by, sha256=stored.sha256)
    return file


def downloaded(*, file: DealFile, by: Any) -> None:
    """Log that `by` fetched `file`."""
    trail.record(actor=by, action="deal.download", target=file.deal, file=str(file.file_id))

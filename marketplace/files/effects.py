"""Sweep away the uploads of forms that were never saved; bytes go after the row is gone."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.files.models import StoredFile
from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect

PROVISIONAL_FOR = timedelta(days=3)


@periodic.every(timedelta(hours=6))
def sweep_provisional() -> int:
    """Delete the provisional files older than `PROVISIONAL_FOR`; return their number."""
    stale = StoredFile.objects.filter(
        provisional=True, uploaded_at__lt=timezone.now() - PROVISIONAL_FOR
    )
    with transaction.atomic():
        swept = list(stale.select_for_update())
        stale.filter(pk__in=[stored.pk for stored in swept]).delete()
        effects.enqueue_many("files.delete", [{"name": stored.file.name} for stored in swept])
    return len(swept)


@effects.handler("files.delete", _("Delete a file that nobody needs any more"))
def delete_bytes(effect: Effect) -> None:
    """Remove a file from the storage; one that is gone already is fine."""
    default_storage.delete(effect.payload["name"])

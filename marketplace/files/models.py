"""Uploaded files. A stored file never changes: who may read it is decided by what refers to it."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _path(stored: "StoredFile", filename: str) -> str:
    return f"files/{stored.pk.hex[:2]}/{stored.pk.hex}{PurePath(filename).suffix.lower()}"


class StoredFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to=_path, max_length=200)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    uploaded_at = models.DateTimeField(default=timezone.now)
    provisional = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["uploaded_at"]
        indexes = [
            models.Index(
                fields=["uploaded_at"], condition=Q(provisional=True), name="file_provisional"
            )
        ]

    def __str__(self) -> str:
        return self.name

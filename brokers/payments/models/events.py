"""Events that a gateway sent. Each id is stored once; what it says is looked up, never believed."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.gateway import Subject


class WebhookEvent(models.Model):
    id = models.CharField(primary_key=True, max_length=255)
    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=100)
    subject = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Subject])
    row = models.CharField(max_length=36, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering: ClassVar = ["received_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(processed_at__isnull=True),
                name="webhook_unprocessed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

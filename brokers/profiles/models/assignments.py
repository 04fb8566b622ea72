"""Which broker was asked to look after which need, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.listings.models import TechnologyNeed


class Assignment(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ACCEPTED = "accepted", _("taken on")
        DECLINED = "declined", _("turned down")
        ENDED = "ended", _("ended")

    OPEN = (State.ASKED, State.ACCEPTED)

    need = models.ForeignKey(TechnologyNeed, models.PROTECT, related_name="assignments")
    broker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.ASKED, editable=False
    )
    message = models.TextField(_("message to the broker"), max_length=2000, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("assignment of a need to a broker")
        verbose_name_plural = _("assignments of needs to brokers")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "broker"],
                condition=Q(state__in=["asked", "accepted"]),
                name="assignment_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.need_id} → {self.broker}"

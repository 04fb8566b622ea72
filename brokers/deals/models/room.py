"""What the people of a deal say to each other, and what they have promised to do until when.

A message is never changed and never deleted. A task is one person's; its dates and progress change.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.deals import Deal, Party


class Message(models.Model):
    """One message of the thread, plain text, written for `party`."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="messages")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=5000)
    sent_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["deal", "sent_at"])]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.sent_at:%Y-%m-%d %H:%M}"


class DealTask(models.Model):
    """Something that `responsible` does until `due_on`; `progress` in percent, 100 is done."""

    DONE = 100

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="tasks")
    title = models.CharField(_("what is to be done"), max_length=120)
    details = models.TextField(_("details"), max_length=2000, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="deal_tasks",
        verbose_name=_("responsible person"),
    )
    due_on = models.DateField(_("due"))
    progress = models.PositiveSmallIntegerField(
        _("progress"), default=0, validators=[MaxValueValidator(DONE)]
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["done_at", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress=100, done_at__isnull=False)
                | Q(progress__lt=100, done_at__isnull=True),
                name="deal_task_done_when_complete",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_on < timezone.localdate()

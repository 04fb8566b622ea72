"""The inbox: what the site has told a person, in words of that person's language; and what to mail."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.notifications.frequency import Frequency
from marketplace.notifications.topics import Topic


class Notification(models.Model):
    """`permission` is what a reader of `about` needs, "" where everybody may; `mail_waits` until the
    next digest has it.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    topic = models.CharField(_("topic"), max_length=8, choices=Topic.choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("body"), blank=True)
    url = models.CharField(max_length=500, blank=True)
    once = models.CharField(max_length=100, blank=True, editable=False)
    permission = models.CharField(max_length=40, blank=True, editable=False)
    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True, editable=False)
    object_id = models.CharField(max_length=36, null=True, editable=False)
    about = GenericForeignKey()
    created_at = models.DateTimeField(_("date"), default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_waits = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "read_at"]),
            models.Index(
                fields=["recipient"], condition=Q(mail_waits=True), name="notification_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "once"], condition=~Q(once=""), name="notification_told_once"
            )
        ]

    def __str__(self) -> str:
        return self.subject

    def is_open_to(self, reader: Any) -> bool:
        """Whether what this is about is still there for `reader`."""
        if not self.permission:
            return True
        return self.about is not None and reader.has_perm(self.permission, self.about)


class MailPreference(models.Model):
    """How often a person wants mail about a topic; without a row, at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    topic = models.CharField(_("topic"), max_length=8, choices=Topic.choices)
    frequency = models.CharField(_("tell me"), max_length=7, choices=Frequency.choices)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="mail_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.frequency}"

"""What people watch, and what they have been told of.

A person is told of a listing once: the newest of several watches that find it stays silent, whatever
happens to the listing or to the watch afterwards.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.notifications import frequency


class Watch(models.Model):
    """One need, one result, or a search: its `query` string as `searches.canonical` gives it, and the
    `filters` in that as the index takes them.
    """

    Frequency = frequency.Frequency

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    need = models.ForeignKey(TechnologyNeed, models.CASCADE, null=True, related_name="watches")
    result = models.ForeignKey(ResearchResult, models.CASCADE, null=True, related_name="watches")
    query = models.CharField(max_length=2_000, blank=True)
    filters = models.JSONField(default=dict)
    name = models.CharField(_("name"), max_length=80, blank=True)
    frequency = models.CharField(
        _("tell me"), max_length=7, choices=Frequency.choices, default=Frequency.DAILY
    )
    since = models.DateTimeField(_("watches since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(need__isnull=False, result=None, query="")
                | Q(need=None, result__isnull=False, query="")
                | (Q(need=None, result=None) & ~Q(query="")),
                name="watch_one_thing",
            ),
            models.UniqueConstraint(fields=["user", "need"], name="watch_need_once"),
            models.UniqueConstraint(fields=["user", "result"], name="watch_result_once"),
            models.UniqueConstraint(
                fields=["user", "query"], condition=~Q(query=""), name="watch_search_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def listing(self) -> Any:
        """The watched need or result; None for a search."""
        return self.need or self.result

    @property
    def title(self) -> str:
        return self.listing.title if self.listing else self.name

    @property
    def typed(self) -> str:
        """The words of the search."""
        return QueryDict(self.query).get("q", "")

    @property
    def is_on(self) -> bool:
        return self.frequency != self.Frequency.OFF


class Alert(models.Model):
    """One message about what a watch found. `effect` is the outbox row that carries it.

    `mailed_at` is set before the mail leaves: what happened to one that a dying worker was sending
    nobody knows, and it is not sent again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    watch = models.ForeignKey(Watch, models.SET_NULL, null=True, related_name="alerts")
    effect = models.UUIDField(unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.watch or '–'} {self.created_at:%Y-%m-%d}"


class Finding(models.Model):
    """A listing that a watch has found, by its key in the index; waits until its person is told."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    watch = models.ForeignKey(Watch, models.SET_NULL, null=True, related_name="findings")
    alert = models.ForeignKey(Alert, models.SET_NULL, null=True, related_name="findings")
    key = models.CharField(max_length=32)
    found_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["watch", "key"], name="finding_once"),
            models.UniqueConstraint(
                fields=["user", "key"], condition=Q(told_at__isnull=False), name="told_once"
            ),
        ]
        indexes = [
            models.Index(fields=["found_at"], condition=Q(told_at=None), name="finding_waiting")
        ]

    def __str__(self) -> str:
        return self.key

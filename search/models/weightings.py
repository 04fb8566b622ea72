"""How much each criterion counts, one row for each time that somebody set it.

Rows are added and never changed, so every score that was shown can be explained: the newest holds.
"""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from search.ranking import Scale, Scales

LONGEST_NOTE = 500


class Weighting(models.Model):
    """`values` has for each criterion its weight in tenths of a point and its prior in per cent."""

    number = models.PositiveIntegerField(_("version"), unique=True, editable=False)
    values = models.JSONField(_("weights and priors"), editable=False)
    note = models.CharField(_("reason"), max_length=LONGEST_NOTE)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("date"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("weights of the criteria")
        verbose_name_plural = _("weights of the criteria")
        ordering = ["-number"]
        default_permissions = ("add",)

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a version of the weights is never deleted")

    @property
    def scales(self) -> Scales:
        return {name: Scale(*pair) for name, pair in self.values.items()}

"""How often the public page of a listing was opened."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Openings(models.Model):
    """The number for one listing on one day. Nobody is remembered by it."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("openings of a page")
        verbose_name_plural = _("openings of pages")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "day"], name="openings_of_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"

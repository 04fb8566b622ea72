"""Who may read the nda tier of a listing, from when to when."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation


class DisclosureGrantQuerySet(models.QuerySet["DisclosureGrant"]):
    def valid(self) -> "DisclosureGrantQuerySet":
        """Return the grants in force now."""
        now = timezone.now()
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gt=now), valid_from__lte=now, revoked_at=None
        )


class DisclosureGrant(models.Model):
    """Opens the nda tier of one listing to one organisation; written when both have signed."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    listing = GenericForeignKey()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="disclosure_grants")
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    reason = models.CharField(_("ground"), max_length=200)

    objects = DisclosureGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure grant")
        verbose_name_plural = _("disclosure grants")
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["content_type", "object_id", "organisation"])]

    def __str__(self) -> str:
        return f"{self.listing} → {self.organisation}"

"""Technology brokers (技术经纪人): who they are, what they know, and whether it was verified."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from multiselectfield import MultiSelectField

from marketplace.accounts.models import Organisation
from marketplace.bilingual import in_reader_language
from marketplace.files.models import StoredFile
from marketplace.taxonomy.models import Industry, Region


class BrokerProfileQuerySet(models.QuerySet["BrokerProfile"]):
    def verified(self) -> "BrokerProfileQuerySet":
        """Return the profiles that count as verified: compared by an administrator, with a certificate
        that has not expired, of an active person."""
        in_force = Q(certificate_expires_on=None) | Q(
            certificate_expires_on__gte=timezone.localdate()
        )
        return self.filter(in_force, verified_at__isnull=False, user__is_active=True)

    def for_cards(self) -> "BrokerProfileQuerySet":
        """Return the profiles with all that a card shows, in a constant number of queries."""
        return self.select_related("user", "brokerage").prefetch_related("industries", "regions")


class BrokerProfile(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="broker_profile"
    )
    brokerage = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="broker_profiles",
        verbose_name=_("brokerage"),
    )
    brokerage_percent = models.PositiveSmallIntegerField(
        _("the brokerage's part of your commission, in percent"),
        default=0,
        blank=True,
        validators=[MaxValueValidator(99)],
        help_text=_("It goes into the split plans of your deals once the brokerage has agreed."),
    )
    brokerage_agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    bio_zh = models.TextField(_("about you, in Chinese"), max_length=2000, blank=True)
    bio_en = models.TextField(_("about you, in English"), max_length=2000, blank=True)
    industries = models.ManyToManyField(Industry, blank=True, verbose_name=_("industries"))
    regions = models.ManyToManyField(Region, blank=True, verbose_name=_("regions"))
    languages = MultiSelectField(
        _("languages"), choices=settings.LANGUAGES, max_length=20, blank=True
    )
    certificate_number = models.CharField(_("certificate number"), max_length=60, blank=True)
    certificate_expires_on = models.DateField(_("certificate valid until"), null=True, blank=True)
    certificate = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("certificate"),
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = BrokerProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("technology broker")
        verbose_name_plural = _("technology brokers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.user.name

    def get_absolute_url(self) -> str:
        return reverse("profiles:broker", args=[self.pk])

    @property
    def is_expired(self) -> bool:
        """Whether the certificate was valid once and is not any more."""
        expires_on = self.certificate_expires_on
        return expires_on is not None and expires_on < timezone.localdate()

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None and not self.is_expired

    @property
    def agreed_percent(self) -> int:
        """The part of this broker's commission that goes to the brokerage: 0 until it has agreed."""
        return self.brokerage_percent if self.brokerage_id and self.brokerage_agreed_at else 0

    @property
    def bio(self) -> str:
        return in_reader_language(self, "bio")

"""What a party says about its deal being told to everybody as a typical case."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.deals.models.deals import Party


class CaseConsent(models.Model):
    """The last word of `party`; who has said nothing has not agreed, who succeeds it is asked anew."""

    party = models.OneToOneField(Party, models.CASCADE, related_name="case_consent")
    allows = models.BooleanField(_("may be shown"))
    is_named = models.BooleanField(_("may be named"))
    shows_price = models.BooleanField(_("discloses the price"))
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(_("date"), default=timezone.now)

    class Meta:
        verbose_name = _("consent to a typical case")
        verbose_name_plural = _("consents to typical cases")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allows=True) | models.Q(is_named=False, shows_price=False),
                name="case_consent_shows_nothing_refused",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.allows}"

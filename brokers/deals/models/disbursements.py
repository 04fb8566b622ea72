"""What proves that an institution passed a payout on.

Invariant: tax slips are personal: the file is not one of the deal's, only the institution and the payee
read it.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.settlement.models import Payout
from marketplace.files.models import StoredFile


class DisbursementProof(models.Model):
    payout = models.OneToOneField(Payout, models.PROTECT, related_name="proof")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("evidence of a disbursement")
        verbose_name_plural = _("evidence of disbursements")

    def __str__(self) -> str:
        return str(self.payout_id)

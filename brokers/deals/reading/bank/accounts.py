"""The bank accounts of collectors whose books a person keeps."""

from typing import Any

from django.db.models import QuerySet

from brokers.deals.reading.treasury import kept_by
from brokers.payments import registry
from brokers.payments.models import Charge, PayoutAccount


def collector_accounts(user: Any) -> QuerySet[PayoutAccount]:
    """Return the accounts where collectors of `user` were ever to be paid by people, open ones first."""
    collectors = Charge.objects.filter(gateway__in=registry.by_hand()).values("collector")
    accounts = PayoutAccount.objects.filter(
        gateway__in=registry.by_hand(), organisation__in=collectors
    )
    return accounts.filter(kept_by(user, "organisation")).select_related("organisation")

"""The columns by which a row names a payee: an organisation, a person, or neither (the platform).

Invariant: never both; the check constraint of each model that uses it says when neither may be.
"""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from brokers.settlement.plan import PLATFORM, Payee, PayeeKind
from marketplace.accounts.models import Organisation

NOT_BOTH = Q(organisation=None) | Q(user=None)
SOMEBODY = NOT_BOTH & ~Q(organisation=None, user=None)


class PayeeColumns(models.Model):
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def payee(self) -> Payee:
        """Who this row is about."""
        return named_by(self.organisation_id, self.user_id)


def named_by(organisation_id: int | None, user_id: int | None) -> Payee:
    """Return whom these columns name; the platform where neither is set."""
    if organisation_id is not None:
        return Payee(PayeeKind.ORGANISATION, organisation_id)
    return PLATFORM if user_id is None else Payee(PayeeKind.USER, user_id)


def payee_columns(payee: Payee | None) -> dict[str, Any]:
    """Return the columns that name `payee`, for creating and for filtering rows."""
    kind = payee and payee.kind
    number = payee and payee.id
    return {
        "organisation_id": number if kind is PayeeKind.ORGANISATION else None,
        "user_id": number if kind is PayeeKind.USER else None,
    }


def of_payees(payees: Collection[Payee]) -> Q:
    """Return the condition that the columns of a row name one of `payees`."""
    condition = Q(pk__in=[])
    if PLATFORM in payees:
        condition |= Q(organisation=None, user=None)
    for column, kind in (("organisation", PayeeKind.ORGANISATION), ("user", PayeeKind.USER)):
        condition |= Q(**{f"{column}__in": [one.id for one in payees if one.kind is kind]})
    return condition

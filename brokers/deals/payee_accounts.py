"""Where payees can be paid: their accounts, those of many payees read at once.

Invariant: an account receives while it is active, and only from the collectors that its gateway serves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from brokers.payments import registry
from brokers.payments.gateway import PLATFORM as PLATFORM_COLLECTOR
from brokers.payments.models import PayoutAccount
from brokers.settlement.dues import Due
from brokers.settlement.models.payees import named_by, of_payees
from brokers.settlement.plan import Payee

_ACTIVE, _DISABLED = PayoutAccount.Status.ACTIVE, PayoutAccount.Status.DISABLED


@dataclass(frozen=True)
class Accounts:
    """The active and the disabled accounts of payees, the oldest first."""

    by_owner: Mapping[Payee, list[PayoutAccount]]

    @classmethod
    def of(cls, owed: Iterable[Due]) -> Self:
        """Read the accounts of all recipients of `owed`, by one query."""
        owners = of_payees({due.recipient for due in owed})
        found: defaultdict[Payee, list[PayoutAccount]] = defaultdict(list)
        for account in PayoutAccount.objects.filter(owners, status__in=[_ACTIVE, _DISABLED]):
            found[named_by(account.organisation_id, account.user_id)].append(account)
        return cls(found)

    def receiving(self, due: Due) -> PayoutAccount | None:
        """Return the account where the recipient of `due` can be paid by its collector now."""
        by_platform = due.collector_key == PLATFORM_COLLECTOR
        for account in self._with_status(due, _ACTIVE):
            if registry.get(account.gateway).for_platform == by_platform:
                return account
        return None

    def is_disabled(self, due: Due) -> bool:
        """Whether the payment service has disabled an account of the recipient of `due`."""
        return bool(self._with_status(due, _DISABLED))

    def _with_status(self, due: Due, status: PayoutAccount.Status) -> list[PayoutAccount]:
        return [one for one in self.by_owner.get(due.recipient, ()) if one.status == status]

"""What stands still about money: work that was given up, and payees' accounts that need something."""

from django.db.models import Q, QuerySet

from brokers.payments.models import PayoutAccount
from marketplace.outbox import effects
from marketplace.outbox.models import Effect


def failures() -> QuerySet[Effect]:
    """Return the effects about money that were given up, the latest first."""
    about_money = Q(kind__startswith="payments.") | Q(kind__startswith="deals.")
    return effects.given_up().filter(about_money)


def troubled_accounts() -> list[PayoutAccount]:
    """Return the accounts whose owners have something to put right at the payment service."""
    complete = (PayoutAccount.Status.ACTIVE, PayoutAccount.Status.DISABLED)
    troubled = ~Q(missing=[]) | ~Q(disabled_reason="") | Q(failed_payouts__isnull=False)
    accounts = PayoutAccount.objects.filter(troubled, status__in=complete).distinct()
    return list(accounts.select_related("organisation", "user").prefetch_related("failed_payouts"))

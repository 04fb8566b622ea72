"""What stands still about money: work that was given up, and payees' accounts that need something."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from brokers.payments.models import PayoutAccount
from marketplace.outbox.models import Effect

WORDS = {
    "payments.charge_paid": _("Book a payment"),
    "payments.charge_failed": _("Note that a payment failed"),
    "payments.transfer": _("Pay a payee"),
    "payments.transfer_paid": _("Book a payout"),
    "payments.transfer_failed": _("Book that a payout failed"),
    "payments.reversal": _("Take a payout back"),
    "payments.reversal_paid": _("Book what was taken back"),
    "payments.refund": _("Refund a payment"),
    "payments.refund_paid": _("Book a refund"),
    "payments.refund_failed": _("Book that a refund failed"),
    "payments.dispute_changed": _("Book a dispute of the payer's bank"),
    "payments.account_changed": _("Pay out to an account that changed"),
    "payments.account_troubled": _("Tell a payee that its account needs something"),
    "payments.webhook": _("Act on an event of the payment service"),
    "payments.refresh_charge": _("Ask how a payment stands"),
    "deals.pay_out": _("Pay out what is owed"),
    "deals.complaint_ended": _("Go on after a complaint"),
}


def failures() -> QuerySet[Effect]:
    """Return the effects about money that were given up, the latest first."""
    about_money = Q(kind__startswith="payments.") | Q(kind__startswith="deals.")
    failed = Effect.objects.filter(about_money, state=Effect.State.FAILED)
    return failed.order_by("-finished_at", "pk")


def words(effect: Effect) -> str:
    """Say what `effect` was to do."""
    return str(WORDS.get(effect.kind, effect.kind))


def troubled_accounts() -> list[PayoutAccount]:
    """Return the accounts whose owners have something to put right at the payment service."""
    complete = (PayoutAccount.Status.ACTIVE, PayoutAccount.Status.DISABLED)
    troubled = ~Q(missing=[]) | ~Q(disabled_reason="") | Q(failed_payouts__isnull=False)
    accounts = PayoutAccount.objects.filter(troubled, status__in=complete).distinct()
    return list(accounts.select_related("organisation", "user").prefetch_related("failed_payouts"))

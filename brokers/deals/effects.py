"""What payments tell upwards: the row is looked up anew, and handled once however often it is told.

And what time brings: reminders and alerts, each told once.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from brokers.deals import (
    chargebacks,
    complaint_notices,
    payouts,
    performance,
    protection,
    refunds,
)
from brokers.deals.models import Deal
from brokers.deals.room import alerts
from brokers.payments.models import Charge, Dispute, PayoutAccount, Refund, Reversal, Transfer
from marketplace.outbox import periodic
from marketplace.outbox.effects import handler
from marketplace.outbox.models import Effect


@handler("payments.charge_paid", _("Book a payment"))
def charge_paid(effect: Effect) -> None:
    performance.payment_received(charge=Charge.objects.get(pk=effect.payload["charge"]))


@handler("payments.charge_failed", _("Note that a payment failed"))
def charge_failed(effect: Effect) -> None:
    performance.payment_failed(charge=Charge.objects.get(pk=effect.payload["charge"]))


@handler("payments.transfer_paid", _("Book a payout"))
@handler("payments.transfer_failed", _("Book that a payout failed"))
def transfer_ended(effect: Effect) -> None:
    payouts.transfer_ended(transfer=Transfer.objects.get(pk=effect.payload["transfer"]))


@handler("payments.refund_paid", _("Book a refund"))
@handler("payments.refund_failed", _("Book that a refund failed"))
def refund_ended(effect: Effect) -> None:
    refunds.ended(refund=Refund.objects.get(pk=effect.payload["refund"]))


@handler("payments.reversal_paid", _("Book what was taken back"))
def reversal_paid(effect: Effect) -> None:
    refunds.reversal_paid(reversal=Reversal.objects.get(pk=effect.payload["reversal"]))


@handler("payments.reversal_failed", _("Note that a payout could not be taken back"))
def reversal_failed(effect: Effect) -> None:
    """What could not be reversed stays a claim, which later payouts are set off against."""


@handler("payments.dispute_changed", _("Book a dispute of the payer's bank"))
def dispute_changed(effect: Effect) -> None:
    chargebacks.changed(dispute=Dispute.objects.get(pk=effect.payload["dispute"]))


@handler("payments.account_changed", _("Pay out to an account that changed"))
def account_changed(effect: Effect) -> None:
    payouts.pay_out_to(PayoutAccount.objects.get(pk=effect.payload["account"]))


@handler("payments.account_troubled", _("Tell a payee that its account needs something"))
def account_troubled(effect: Effect) -> None:
    account = PayoutAccount.objects.get(pk=effect.payload["account"])
    if account.is_troubled:
        payouts.tell_owner(account, "account_troubled")


@handler("deals.pay_out", _("Pay out what is owed"))
def pay_out(effect: Effect) -> None:
    payouts.pay_out(deal=Deal.objects.get(pk=effect.payload["deal"]))


@periodic.every(timedelta(hours=6))
def remind_of_complaints() -> None:
    """Remind who has to answer or decide a complaint soon."""
    complaint_notices.remind()


@handler("deals.complaint_ended", _("Go on after a complaint"))
def complaint_ended(effect: Effect) -> None:
    performance.complaint_ended(deal=Deal.objects.get(pk=effect.payload["deal"]))


@periodic.every(timedelta(hours=1))
def remind() -> int:
    """Remind of what is due, and tell of deals that stand still; return how many were told."""
    return (
        alerts.remind_of_tasks()
        + alerts.remind_of_payments()
        + alerts.remind_of_royalties()
        + alerts.remind_of_registrations()
        + alerts.remind_of_signatures()
        + alerts.tell_stalled()
    )


@periodic.every(timedelta(hours=1))
def tell_earlier_brokers() -> int:
    """Tell brokers whose introduction protects them in a deal that was opened without them."""
    return protection.tell_all()

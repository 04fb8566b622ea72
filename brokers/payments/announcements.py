"""What payments tell upwards: outbox effects whose handlers live above, written with the change itself.

Each kind says that something is now so; the receiver looks the row up. Nothing is told twice for one
change, and `charge_paid` only once the fee is known.
"""

from brokers.payments.models import Charge, Dispute, Order, PayoutAccount
from marketplace.outbox.effects import enqueue

KINDS = (
    "payments.charge_paid",
    "payments.charge_failed",
    "payments.transfer_paid",
    "payments.transfer_failed",
    "payments.reversal_paid",
    "payments.reversal_failed",
    "payments.refund_paid",
    "payments.refund_failed",
    "payments.dispute_changed",
    "payments.account_changed",
    "payments.account_troubled",
)


def charge_paid(charge: Charge) -> None:
    """The collector has the money of `charge`; its fee is known."""
    enqueue("payments.charge_paid", {"charge": str(charge.pk)})


def charge_failed(charge: Charge) -> None:
    """`charge` will not be paid: it failed, expired or was cancelled."""
    enqueue("payments.charge_failed", {"charge": str(charge.pk)})


def order_paid(order: Order) -> None:
    """The money of `order` has moved."""
    enqueue(f"payments.{order.noun}_paid", {order.noun: str(order.pk)})


def order_failed(order: Order) -> None:
    """The money of `order` did not move, or, for a refund, has come back."""
    enqueue(f"payments.{order.noun}_failed", {order.noun: str(order.pk)})


def dispute_changed(dispute: Dispute) -> None:
    """The payer's bank has taken money back until it decides, or has decided."""
    enqueue("payments.dispute_changed", {"dispute": str(dispute.pk)})


def account_changed(account: PayoutAccount) -> None:
    """`account` can be paid now, or cannot any more."""
    enqueue("payments.account_changed", {"account": str(account.pk)})


def account_troubled(account: PayoutAccount) -> None:
    """Something new is asked of the owner of `account`, or could not be paid out to its own bank."""
    enqueue("payments.account_troubled", {"account": str(account.pk)})

"""Follow what payers' banks dispute.

Invariants: what is known of a dispute is what its gateway, asked anew, says; each change is told
upwards once; what is decided stays so.
"""

from django.db import transaction
from django.utils import timezone

from brokers.payments import announcements, charges, registry
from brokers.payments.gateway import Chargeback, GatewayError, State
from brokers.payments.models import Charge, Dispute

_DECIDED = {State.DONE: Dispute.State.WON, State.FAILED: Dispute.State.LOST}


def refresh(*, gateway: str, external_id: str) -> None:
    """Ask `gateway` how the dispute stands that it calls `external_id`, and apply the answer.

    Its charge is looked up first: the dispute may be heard of before the payment. Raises
    `OutcomeUnknown` when the gateway does not answer, `GatewayError` when the answer does not fit.
    """
    found = registry.get(gateway).fetch_dispute(external_id)
    if found is None:
        return
    charge = charges.refresh(charge_id=found.row)
    if charge.state != Charge.State.PAID or found.amount.currency != charge.currency:
        raise GatewayError(f"{external_id} disputes {charge}, which is not paid so")
    apply(charge, external_id, found)


@transaction.atomic
def apply(charge: Charge, external_id: str, found: Chargeback) -> None:
    """Bring our row of the dispute to what the gateway says; older answers change nothing."""
    dispute, is_new = Dispute.objects.get_or_create(
        external_id=external_id,
        defaults={
            "charge": charge,
            "amount": found.amount.amount,
            "fee": found.fee.amount,
            "currency": found.amount.currency,
        },
    )
    is_decided = found.state in _DECIDED and (
        Dispute.objects.filter(pk=dispute.pk, state=Dispute.State.OPEN).update(
            state=_DECIDED[found.state],
            fee_returned=found.fee_returned.amount,
            decided_at=timezone.now(),
        )
    )
    if is_new or is_decided:
        announcements.dispute_changed(dispute)

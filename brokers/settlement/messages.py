"""What people read when a plan may not be signed or a posting is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokers.settlement.errors import SettlementError
from brokers.settlement.plan_rules import Problem
from marketplace.amounts import percent_digits

PLAN_MESSAGES: dict[str, Promise] = {
    "currency": _("Choose one of the listed currencies."),
    "rate": _("Enter a percentage from 0 to 100."),
    "loss_bearer": _("Choose one of the payees of this plan, or the platform."),
    "flat_with_tiers": _("In a plan of plain shares nobody has a commission scale."),
    "brokers_first": _("In a plan with brokers first the brokers have a commission scale."),
    "order": _(
        "Before the rest is shared come the commission, the office fee and the team's tiers, in this "
        "order and each once."
    ),
    "role_twice": _("There is more than one share for this role; put its payees into one."),
    "key": _("This share needs a short name of its own."),
    "no_member": _("Say who gets this share."),
    "total": _("The shares make %(total)s %%; they must make exactly 100 %%."),
    "no_tier": _("Enter at least one tier."),
    "tier_gap": _("Between this tier and the one before it is a gap."),
    "tier_overlap": _("This tier overlaps the one before it."),
    "tier_order": _("A tier ends above its start."),
    "tier_open": _("The last tier has no upper end."),
    "cap": _("The cap is not below the minimum, and neither is negative."),
    "parts": _("Everybody has at least one part."),
    "via_direct": _("A direct payout goes through nobody."),
    "via_missing": _("Say which institution passes the money on."),
    "via_wrong": _("The money is passed on by an organisation other than the payee."),
    "payee_twice": _("This payee is named twice in the plan."),
    "platform_payee": _("The platform's share goes to the platform, and no other does."),
    "platform_twice": _("The platform has a fee before net or a share of net, not both."),
    "below_floor": _(
        "The team could get as little as %(team)s %% of the net income. At least %(floor)s %% "
        "belongs to those who made the result: %(source)s."
    ),
}
ERROR_MESSAGES: dict[str, Promise] = {
    "conflict": _("This was recorded before, with other contents."),
    "unknown_payment": _("No payment with this reference was received."),
    "currency": _("The amount is in another currency than the payment."),
    "amount": _("Enter an amount above zero."),
    "fee_above_gross": _("The payment fee is above the payment."),
    "refunded": _("The whole payment was refunded; there is nothing to settle."),
    "above_refundable": _("At most %(left)s can still be refunded."),
    "above_owed": _("At most %(left)s is owed."),
    "unknown_payout": _("There is no payout with this reference."),
    "payout_state": _("The payout is closed already."),
    "withheld": _("The tax withheld is not above the payout."),
    "not_via_institution": _("This payout was made directly, nobody passes it on."),
    "held": _("This payment is held until a complaint is decided."),
    "unknown_hold": _("Nothing is held under this reference."),
    "on_hold": _("Money of this deal is held until the dispute is decided."),
    "unknown_refund": _("There is no refund with this reference."),
    "refund_state": _("The refund is closed already."),
    "unknown_dispute": _("There is no dispute with this reference."),
    "dispute_state": _("The dispute is decided already."),
    "other_deal": _("The plan belongs to another deal."),
}
_PERCENTAGES = {"total", "team", "floor"}


def problem_text(problem: Problem) -> str:
    """Return what is wrong with a plan in the reader's language."""
    shown = {
        name: percent_digits(value) if name in _PERCENTAGES and isinstance(value, int) else value
        for name, value in problem.parameters.items()
    }
    return str(PLAN_MESSAGES[problem.code]) % shown


def error_text(error: SettlementError) -> str:
    """Return why a posting was refused, in the reader's language."""
    return str(ERROR_MESSAGES[error.code]) % error.parameters

"""What Stripe's names for missing details, stopped accounts and what failed mean, and what to do.

Sources: docs.stripe.com/connect/required-verification-information, the values of `disabled_reason` of
an account, `failure_code` of a payout and `failure_reason` of a refund in Stripe's reference. An
unknown name is shown as it is.
"""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

_NO_REASON = _("The bank gave no reason. Ask it, or enter another bank account.")

_MISSING = {
    r"(.*\.)?(external_account|bank_account)": _("A bank account to which the money is paid out."),
    r"tos_acceptance\..+": _("Your agreement to the terms of the payment service."),
    r".*verification\..+": _("A document that proves identity."),
    r"(.*\.)?(id_number|ssn_last_4)": _("A number of identity or tax."),
    r"company\.(tax_id|vat_id|registration_number)": _("The company's number in register or tax."),
    r".+\.dob\..+": _("The date of birth."),
    r".+\.address(_\w+)?\..+": _("The address."),
    r"(.*\.)?(support_)?(email|phone)": _("How to be reached: e-mail or telephone."),
    r".+\.((first_|last_|full_)?name)(_\w+)?": _("The name."),
    r"business_profile\..+|business_type": _("What you do, and in which form."),
    r"(owners|directors|executives|representative|person_\w+|company)\b.*": _(
        "The people who own or lead the company."
    ),
}
_STOPPED = {
    r"requirements\.past_due": _(
        "What is asked for was not given in time. Go on where you stopped."
    ),
    r"requirements\.pending_verification|under_review": _(
        "The payment service is checking what you gave. Nothing is to be done."
    ),
    r"action_required\..+|platform_paused": _("The payment service waits for you."),
    r"listed|rejected\..+": _(
        "The payment service does not work with this account. Ask its support, or be paid otherwise."
    ),
}
_FAILED = {
    r"account_(closed|frozen)|bank_account_restricted|bank_ownership_changed": _(
        "The bank account is closed or cannot be used. Enter another one."
    ),
    r"no_account|invalid_account_number(_length)?|incorrect_account_type": _(
        "The bank account was not found. Compare the number and enter it anew."
    ),
    r"incorrect_account_holder_\w+": _(
        "The bank account is in another name than yours at the payment service. Compare the two."
    ),
    r"invalid_currency": _("The bank account does not take this currency. Enter another one."),
    r"insufficient_funds": _("The balance was too small. It is tried again."),
    r"declined|could_not_process|debit_not_authorized|\w+_card": _(
        "The bank did not take the money. Ask it why, or enter another bank account."
    ),
}
_REFUND_FAILED = {
    "charge_for_pending_refund_disputed": _(
        "The payer's bank has taken the payment back: what comes of it is decided there."
    ),
    "declined": _("The payer's bank did not take the money. Agree on another way to pay it back."),
    **dict.fromkeys(
        ("expired_or_canceled_card", "lost_or_stolen_card"),
        _("The payer's card is no longer valid. Agree on another way to pay it back."),
    ),
    "insufficient_funds": _("The balance at the payment service was too small. Order it again."),
    "merchant_request": _("It was called off at the payment service."),
    **dict.fromkeys(("", "unknown"), _("The payment service gave no reason.")),
}
_KNOWN = [(re.compile(name), words) for name, words in (_MISSING | _STOPPED | _FAILED).items()]


def explain(code: str) -> Any:
    """Return what `code` means, translated; without one, that a payout failed for no stated reason."""
    if not code:
        return _NO_REASON
    return next((words for name, words in _KNOWN if name.fullmatch(code)), code)


def explain_refund(reason: str) -> Any:
    """Return why a refund failed, translated; what Stripe said otherwise is shown as it is."""
    return _REFUND_FAILED.get(reason, reason)

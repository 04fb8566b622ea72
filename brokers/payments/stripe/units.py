"""Stripe's units, and the only place that converts to and from them.

Invariant: an amount that the other side cannot express exactly is refused, never rounded.
Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal and special cases).
"""

from brokers.payments.gateway import GatewayError, Refused
from marketplace import money
from marketplace.money import Money

LARGEST = 99_999_999
"""Stripe's largest charge, in its units."""

_HUNDREDFOLD = {"ISK"}


def to_units(amount: Money) -> int:
    """Return `amount` in Stripe's units: JPY as it is, ISK a hundredfold.

    Raises `Refused` for three decimals that do not end in 0, which Stripe cannot express.
    """
    if money.decimals(amount.currency) == 3 and amount.amount % 10:
        raise Refused(f"{amount} must end in 0", code="amount_not_expressible")
    return amount.amount * (100 if amount.currency in _HUNDREDFOLD else 1)


def from_units(units: int, currency: str) -> Money:
    """Return Stripe's `units` of `currency` (in lower case) as money.

    Raises `GatewayError` for an unknown currency and for a part of the smallest unit.
    """
    code = currency.upper()
    whole, rest = divmod(units, 100 if code in _HUNDREDFOLD else 1)
    if rest or code not in money.CURRENCIES:
        raise GatewayError(f"{units} {code} cannot be expressed")
    return Money(whole, code)

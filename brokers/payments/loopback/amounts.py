"""Amounts in Stripe's units: which are accepted, what a payment costs, how a person reads them.

Written apart from the marketplace's own conversion on purpose: each finds the other's mistakes.
Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal and special cases).
"""

from brokers.payments.loopback.errors import invalid
from brokers.payments.loopback.params import Params

_ZERO = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())  # noqa: SIM905
_THREE = frozenset("bhd jod kwd omr tnd".split())  # noqa: SIM905
_TWO = frozenset(
    "aed ars aud brl cad chf cny czk dkk eur gbp hkd huf idr ils inr isk mop mxn myr nok nzd php pln"  # noqa: SIM905
    " rub sar sek sgd thb try twd ugx usd zar".split()
)
_WHOLE = {"isk": 100, "ugx": 100}
_FEES = {"jpy": (360, 0)}
_DEFAULT_FEE = (290, 30)

SMALLEST = 50
LARGEST = 99_999_999


def currency(params: Params) -> str:
    """Read the currency; raise a 400 for one that nobody uses or that is not in lower case."""
    code = params.text("currency")
    if code not in _ZERO | _TWO | _THREE:
        raise invalid(f"Invalid currency: {code}.", param="currency")
    return code


def check(amount: int, code: str, *, param: str = "amount") -> int:
    """Return a positive `amount` that its currency can express; raise a 400 otherwise."""
    if amount < 1:
        raise invalid("Invalid positive integer", param=param, code="parameter_invalid_integer")
    if amount > LARGEST:
        raise invalid("Amount must be no more than 99999999.", param=param, code="amount_too_large")
    if amount % _step(code):
        raise invalid(f"Amount must be a multiple of {_step(code)}.", param=param)
    return amount


def fee(amount: int, code: str) -> int:
    """Return the provider's fee on a payment, rounded half up to what the currency can express."""
    rate, fixed = _FEES.get(code, _DEFAULT_FEE)
    step = _step(code)
    exact = amount * rate + fixed * 10_000
    return (exact + 5_000 * step) // (10_000 * step) * step


def display(amount: int, code: str) -> str:
    """Return the amount as a person reads it, with its currency."""
    digits = 0 if code in _ZERO or code in _WHOLE else 3 if code in _THREE else 2
    units = amount // _WHOLE.get(code, 1)
    whole, rest = divmod(units, 10**digits)
    fraction = f".{rest:0{digits}d}" if digits else ""
    return f"{code.upper()} {whole:,}{fraction}"


def _step(code: str) -> int:
    return _WHOLE.get(code) or (10 if code in _THREE else 1)

"""Money as integer minor units of one currency.

Invariant: a `Money` is an integer that fits a signed 64-bit column, in a currency of the table
below, and arithmetic never leaves its currency. Nothing here ever becomes a float or a decimal.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Self

# ISO 4217: how many decimals the minor unit has. UGX is left out on purpose: ISO gives it no
# decimals while payment rails count it in hundredths, so one number would mean two amounts.
CURRENCIES = MappingProxyType(
    {
        "CNY": 2,
        "USD": 2,
        "EUR": 2,
        "HKD": 2,
        "JPY": 0,
        "GBP": 2,
        "KRW": 0,
        "ISK": 0,
        "AUD": 2,
        "BHD": 3,
        "CAD": 2,
        "CHF": 2,
        "JOD": 3,
        "KWD": 3,
        "MOP": 2,
        "OMR": 3,
        "SGD": 2,
        "TND": 3,
        "TWD": 2,
    }
)
MAXIMUM_DIGITS = 13
"""A typed amount has at most this many digits before the point, so it stays below 10^13 units."""

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_PLAIN = re.compile(r"(?P<whole>0|[1-9][0-9]*)(?:\.(?P<decimals>[0-9]+))?", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,4}(?:[,，' \u00a0\u202f][0-9]{3,4})+(?:\.[0-9]*)?", re.ASCII)

AmountCode = Literal["empty", "sign", "grouped", "format", "decimals", "too_large", "currency"]


class AmountError(ValueError):
    """A text is not an amount; `code` says why, and a form turns it into a message."""

    def __init__(self, code: AmountCode) -> None:
        super().__init__(code)
        self.code: AmountCode = code


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies met in one sum or comparison."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` minor units of `currency`: `Money(1050, "CNY")` is 10.50 yuan.

    Raises `AmountError` for a currency that the table lacks and for an amount beyond 64 bits.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"minor units are int, not {type(self.amount).__name__}")
        decimals(self.currency)
        if not _LOWEST <= self.amount <= _HIGHEST:
            raise AmountError("too_large")

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """Return the sum of `amounts`, all of which are in `currency`."""
        return sum(amounts, cls.zero(currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.digits} {self.currency}"

    @property
    def digits(self) -> str:
        """The amount as `parse` reads it back: "7409.70", a minus in front when it is negative."""
        places = decimals(self.currency)
        text = str(abs(self.amount)).zfill(places + 1)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{text[:-places]}.{text[-places:]}" if places else f"{sign}{text}"

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency}")
        return other.amount


def decimals(currency: str) -> int:
    """Return how many decimals `currency` has. Raises `AmountError("currency")` if unknown."""
    try:
        return CURRENCIES[currency]
    except (KeyError, TypeError):
        raise AmountError("currency") from None


def parse(text: str, currency: str) -> Money:
    """Read what a person typed: ASCII digits with at most the currency's decimals, nothing else.

    Signs, exponents, underscores, separators of thousands, other scripts' digits, leading zeros
    and blanks are refused rather than guessed at. Amounts stay below 10^13 units. Zero is read;
    whether it makes sense is for the form to say. Raises `AmountError`.
    """
    places = decimals(currency)
    whole, fraction = _parts(text)
    if len(fraction) > places:
        raise AmountError("decimals")
    return Money(int(whole + fraction.ljust(places, "0")), currency)


def parse_basis_points(text: str) -> int:
    """Read a percentage from 0 to 100 with at most two decimals as basis points: "12.5" is 1250.

    As strict as `parse`. Raises `AmountError`.
    """
    whole, fraction = _parts(text)
    if len(fraction) > 2:
        raise AmountError("decimals")
    points = int(whole + fraction.ljust(2, "0"))
    if points > 10_000:
        raise AmountError("too_large")
    return points


def parse_parts(text: str) -> int:
    """Read a weight: a whole number from 0 to 1,000,000. As strict as `parse`."""
    whole, fraction = _parts(text)
    if fraction:
        raise AmountError("decimals")
    if int(whole) > 1_000_000:
        raise AmountError("too_large")
    return int(whole)


def _parts(text: str) -> tuple[str, str]:
    """Return the digits before and after the point of a plainly written, unsigned number."""
    if not text.strip():
        raise AmountError("empty")
    if match := _PLAIN.fullmatch(text):
        if len(match["whole"]) > MAXIMUM_DIGITS:
            raise AmountError("too_large")
        return match["whole"], match["decimals"] or ""
    if text[0] in "+-−－＋" and len(text) > 1 and text[1].isdecimal():
        raise AmountError("sign")
    raise AmountError("grouped" if _GROUPED.fullmatch(text) else "format")

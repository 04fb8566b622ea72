"""`Money` keeps integers, 64 bits and one currency; the parser refuses everything doubtful."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import money
from marketplace.money import CURRENCIES, AmountError, CurrencyMismatchError, Money

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-(2**61), 2**61)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-1", "sign"),
        ("-0", "sign"),
        ("−1", "sign"),
        ("+1", "sign"),
        ("1e2", "format"),
        ("1E+9", "format"),
        ("1_000", "format"),
        ("١٢٣", "format"),
        ("９９", "format"),
        ("²", "format"),
        ("NaN", "format"),
        ("Infinity", "format"),
        ("-Infinity", "format"),
        ("0x10", "format"),
        ("007", "format"),
        ("5.", "format"),
        (".5", "format"),
        ("5\n", "format"),
        ("5\x00", "format"),
        ("12,5", "format"),
        ("5.005", "decimals"),
        (str(2**63), "too_large"),
        (str(10**13), "too_large"),
        ("9" * 1_000_000, "too_large"),
        ("1,000", "grouped"),
        ("1，000", "grouped"),
        ("1 000.50", "grouped"),
        ("1'000", "grouped"),
        ("", "empty"),
        (" \t", "empty"),
    ],
)
def test_doubtful_amounts_are_refused(text, code):
    with pytest.raises(AmountError) as refusal:
        money.parse(text, "CNY")
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("0.1", "JPY", "decimals"),
        ("5.0", "KRW", "decimals"),
        ("5.01", "ISK", "decimals"),
        ("1.2345", "KWD", "decimals"),
        ("5", "zzz", "currency"),
        ("5", "usd ", "currency"),
        ("5", "usd", "currency"),
        ("5", "UGX", "currency"),
        ("5", "", "currency"),
    ],
)
def test_the_currency_decides_what_is_an_amount(text, currency, code):
    with pytest.raises(AmountError) as refusal:
        money.parse(text, currency)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("0", "CNY", 0),
        ("10000.00", "CNY", 1_000_000),
        ("0.5", "EUR", 50),
        ("1000001", "JPY", 1_000_001),
        ("1.234", "KWD", 1234),
        ("9999999999999.99", "USD", 999_999_999_999_999),
        ("9999999999999.999", "BHD", 9_999_999_999_999_999),
    ],
)
def test_plain_amounts_are_read_exactly(text, currency, amount):
    assert money.parse(text, currency) == Money(amount, currency)


@given(st.integers(0, 10**15 - 1), currencies)
def test_what_is_written_is_read_back(amount, currency):
    value = Money(amount, currency)
    if amount < 10 ** (13 + CURRENCIES[currency]):
        assert money.parse(value.digits, currency) == value


@given(amounts, amounts, currencies)
def test_arithmetic_is_that_of_integers(left, right, currency):
    a, b = Money(left, currency), Money(right, currency)
    assert a + b - b == a
    assert -a + a == Money.zero(currency)
    assert Money.total([a, b, -a], currency) == b
    assert (a < b, a <= b, a > b, a >= b) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )
    assert bool(a) is bool(left)


@pytest.mark.parametrize(
    "operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"]
)
def test_currencies_never_meet(operation):
    with pytest.raises(CurrencyMismatchError):
        getattr(Money(1, "CNY"), operation)(Money(1, "USD"))
    assert Money(1, "CNY") != Money(1, "USD")


def test_an_amount_fits_a_64_bit_column():
    highest = Money(2**63 - 1, "CNY")
    assert Money(-(2**63), "CNY").amount < 0
    for overflow in (lambda: highest + Money(1, "CNY"), lambda: Money(2**63, "CNY")):
        with pytest.raises(AmountError, match="too_large"):
            overflow()


@pytest.mark.parametrize("amount", [1.0, True, "1", None])
def test_only_integers_are_minor_units(amount):
    with pytest.raises(TypeError):
        Money(amount, "CNY")


def test_money_is_frozen():
    with pytest.raises(FrozenInstanceError):
        Money(1, "CNY").amount = 2


def test_digits_show_every_decimal_of_the_currency():
    assert str(Money(-5, "CNY")) == "-0.05 CNY"
    assert str(Money(-12, "KWD")) == "-0.012 KWD"
    assert str(Money(0, "JPY")) == "0 JPY"


@pytest.mark.parametrize(
    ("text", "points"), [("0", 0), ("100", 10_000), ("12.5", 1250), ("33.33", 3333), ("0.01", 1)]
)
def test_percentages_become_basis_points(text, points):
    assert money.parse_basis_points(text) == points


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("100.01", "too_large"),
        ("33.333", "decimals"),
        ("-5", "sign"),
        ("５", "format"),
        ("5%", "format"),
    ],
)
def test_doubtful_percentages_are_refused(text, code):
    with pytest.raises(AmountError) as refusal:
        money.parse_basis_points(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.5", "decimals"), ("1000001", "too_large"), ("1e3", "format"), ("-1", "sign")],
)
def test_parts_are_whole_numbers(text, code):
    assert money.parse_parts("50") == 50
    with pytest.raises(AmountError) as refusal:
        money.parse_parts(text)
    assert refusal.value.code == code

"""Stripe's units: https://docs.stripe.com/currencies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.payments.gateway import GatewayError, Refused
from brokers.payments.loopback import amounts
from brokers.payments.stripe.units import from_units, to_units
from marketplace.money import CURRENCIES, Money


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        (1050, "CNY", 1050),
        (1_000_001, "JPY", 1_000_001),
        (500, "KRW", 500),
        (500, "ISK", 50_000),
        (5_120, "KWD", 5_120),
        (1, "USD", 1),
    ],
)
def test_known_conversions(amount, currency, units):
    assert to_units(Money(amount, currency)) == units
    assert from_units(units, currency.lower()) == Money(amount, currency)


@pytest.mark.parametrize("currency", ["BHD", "JOD", "KWD", "OMR", "TND"])
def test_three_decimals_that_do_not_end_in_zero_are_refused(currency):
    with pytest.raises(Refused):
        to_units(Money(5_125, currency))


def test_a_part_of_a_krona_is_an_error():
    with pytest.raises(GatewayError):
        from_units(50_050, "isk")


def test_ugx_and_unknown_currencies_are_errors():
    for currency in ("ugx", "zzz"):
        with pytest.raises(GatewayError):
            from_units(100, currency)


@given(st.integers(1, 10**9), st.sampled_from(sorted(CURRENCIES)))
def test_there_and_back_changes_nothing(amount, currency):
    money = Money(amount * 10 if CURRENCIES[currency] == 3 else amount, currency)
    assert from_units(to_units(money), currency.lower()) == money


@given(st.integers(1, 9_999), st.sampled_from(sorted(CURRENCIES)))
def test_the_loopback_gateway_accepts_and_shows_what_is_sent(amount, currency):
    money = Money(amount * 10 if CURRENCIES[currency] == 3 else amount, currency)
    units = amounts.check(to_units(money), currency.lower())
    shown = amounts.display(units, currency.lower()).replace(",", "")
    assert shown == f"{currency} {money.digits}"


@pytest.mark.parametrize(
    ("units", "currency", "fee"),
    [(1_000_000, "cny", 29_030), (1_000_001, "jpy", 36_000), (100_000, "isk", 2_900)],
)
def test_the_loopback_fee(units, currency, fee):
    assert amounts.fee(units, currency) == fee

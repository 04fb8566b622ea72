"""The client of stripe-python, and its exceptions in the words of the gateway interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import stripe
from django.conf import settings

from brokers.payments.gateway import OutcomeUnknown, OutOfFunds, Refused

VERSION = "2026-08-26.dahlia"
"""The API version that the code is written for and that stripe-mock 0.203.0 checks."""

TIMEOUT = (5, 20)
"""Seconds to connect and to answer; with two repetitions well below an outbox lease."""

# The library would report usage figures and keep an id for them in the home directory.
stripe.enable_telemetry = False


def client() -> stripe.StripeClient:
    """Return the client for the key and the address that the settings name now."""
    return _client(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)


@cache
def _client(key: str, address: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": address},
        stripe_version=VERSION,
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Raise `Refused` for a definite no, `OutcomeUnknown` for anything that leaves a doubt."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        kind = OutOfFunds if error.code == "balance_insufficient" else Refused
        raise kind(error.user_message or str(error), code=error.code or "") from error
    except stripe.StripeError as error:
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error

"""The gateways that the settings name; the only place that knows which there are."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from brokers.payments.gateway import Gateway
from marketplace.money import Money


@cache
def _built(name: str, path: str) -> Gateway:
    gateway: Gateway = import_string(path)(name)
    return gateway


def get(name: str) -> Gateway:
    """Return the gateway called `name` in `PAYMENT_GATEWAYS`; raise `LookupError` if none is."""
    return _built(name, settings.PAYMENT_GATEWAYS[name])


def every() -> dict[str, Gateway]:
    """Return all gateways by name, in the order of the settings."""
    return {name: get(name) for name in settings.PAYMENT_GATEWAYS}


def by_hand() -> list[str]:
    """Return the names of the gateways where people make the payments at a bank."""
    return [name for name, gateway in every().items() if gateway.by_hand]


def accepting(amount: Money, *, collector: Any) -> dict[str, Gateway]:
    """Return the gateways by name through which `collector` can receive `amount` now.

    `collector` is an organisation, or None for the platform.
    """
    return {
        name: gateway
        for name, gateway in every().items()
        if not gateway.refusal(amount, collector=collector)
    }

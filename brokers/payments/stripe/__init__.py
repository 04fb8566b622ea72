"""Stripe Connect behind the gateway interface; nothing outside this package imports `stripe`."""

from brokers.payments.stripe.gateway import StripeGateway

__all__ = ["StripeGateway"]

"""The loopback gateway as fixtures, for every package whose tests move money; import them by name."""

import pytest
import stripe

from tests.payments.loopback_process import (
    KEY,
    SECRET,
    Catcher,
    Delivery,
    Loopback,
    catching,
    running,
)


@pytest.fixture(scope="session")
def _loopback(tmp_path_factory):
    with running(tmp_path_factory.mktemp("loopback") / "gateway.sqlite3") as process:
        yield process


@pytest.fixture(scope="session")
def _catcher():
    with catching() as catcher:
        yield catcher


@pytest.fixture
def hook(_catcher: Catcher) -> Catcher:
    """The webhook that catches what the loopback gateway delivers."""
    _catcher.start_over()
    return _catcher


@pytest.fixture
def loopback(_loopback: Loopback, hook: Catcher, settings, monkeypatch) -> Loopback:
    """An empty loopback gateway that the settings name, delivering to `hook`."""
    _loopback.switch("webhooks", url="", held=True)
    _loopback.switch("reset")
    _loopback.switch("webhooks", url=hook.url)
    settings.STRIPE_API_BASE = _loopback.url
    settings.STRIPE_API_KEY = KEY
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.02)
    return _loopback


@pytest.fixture
def post(client, settings):
    """Post a delivery, or any body with its signature, to the real view."""

    def send(delivery: Delivery | bytes, signature: str = ""):
        if isinstance(delivery, bytes):
            delivery = Delivery(delivery, signature)
        return client.post(
            "/webhooks/stripe/",
            delivery.body,
            content_type="application/json",
            headers={"Stripe-Signature": delivery.signature},
        )

    return send

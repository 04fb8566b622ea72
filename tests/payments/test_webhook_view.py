"""The webhook believes only what is signed, whole, recent and of our mode."""

import json
import time

import pytest
import stripe

from brokers.payments.models import Charge, WebhookEvent
from marketplace.outbox.models import Effect
from tests.payments.loopback_process import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.STRIPE_API_KEY = "sk_test_x"
    settings.STRIPE_WEBHOOK_SECRET = SECRET


def _event(**fields):
    return {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "created": int(time.time()),
        "data": {"object": {"id": "cs_1", "object": "checkout.session", "metadata": {}}},
        **fields,
    }


def _sign(body, *, secret=SECRET, timestamp=None):
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    return stripe.WebhookSignature.generate_signature_header(text, secret, timestamp)


def _nothing_happened():
    return not WebhookEvent.objects.exists() and not Effect.objects.exists()


def test_a_signed_event_is_stored_once_and_acted_on_later(post):
    body = json.dumps(_event()).encode()
    for _ in range(3):
        assert post(body, _sign(body)).status_code == 200
    stored = WebhookEvent.objects.get()
    assert (stored.pk, stored.kind, stored.gateway) == (
        "evt_1",
        "checkout.session.completed",
        "stripe",
    )
    assert Effect.objects.get().payload == {"event": "evt_1"}


def test_it_needs_neither_session_nor_language_nor_csrf_token(client):
    client.handler.enforce_csrf_checks = True
    body = json.dumps(_event()).encode()
    answer = client.post(
        "/webhooks/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": _sign(body)},
    )
    assert answer.status_code == 200


def test_only_posts_are_answered(client):
    assert client.get("/webhooks/stripe/").status_code == 405


DEEP = "[" * 10_000 + "]" * 10_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b"1",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b"\xc3\x28",
        b"NaN",
        DEEP.encode(),
        json.dumps(_event()).replace('"cs_1"', DEEP).encode(),
        json.dumps(_event())[:-1].encode(),
        json.dumps(_event(livemode=True)).encode(),
        json.dumps(_event(livemode="false")).encode(),
        json.dumps(_event(object="v2.core.event")).encode(),
        json.dumps(_event(id=None)).encode(),
        json.dumps(_event(id=7)).encode(),
        json.dumps(_event(id="evt_" + "x" * 300)).encode(),
        json.dumps(_event(id="evt_\ud800")).encode(),
        json.dumps(_event(id="evt_\x00")).encode(),
        json.dumps(_event(type="<script>")).encode(),
        json.dumps(_event(data=None)).encode(),
        json.dumps(_event(data=[])).encode(),
        json.dumps(_event(data={"object": None})).encode(),
        json.dumps(_event(data={"object": "cs_1"})).encode(),
        json.dumps(_event(data={"object": {"id": 5}})).encode(),
        json.dumps(_event(data={"object": {"id": "cs_1", "metadata": "x"}})).encode(),
        json.dumps({"id": "evt_1"}).encode(),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_signed_but_makes_no_sense_is_400(post, body):
    assert post(body, _sign(body)).status_code == 400
    assert _nothing_happened()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        "t=,v1=",
        "t=abc,v1=abc",
        "v1=abc",
        "t=1",
        "t=1,v0=abc",
        "t=99999999999999999999999999,v1=abc",
        "t=" + "9" * 5_000 + ",v1=abc",
        "=,=,=",
        ",,,",
        "t=1,v1=签名".encode().decode("latin-1"),
        "t=1,v1=\xe9",
    ],
    ids=lambda signature: repr(signature[:20]),
)
def test_forged_signatures_are_400(post, signature):
    assert post(json.dumps(_event()).encode(), signature).status_code == 400
    assert _nothing_happened()


def test_another_secret_body_or_time_is_400(post):
    body = json.dumps(_event()).encode()
    now = int(time.time())
    for signature in (
        _sign(body, secret="whsec_other"),
        _sign(body + b" "),
        _sign(body, timestamp=now - 301),
        _sign(body, timestamp=now + 400),
        _sign(body).replace("v1=", "v0="),
    ):
        assert post(body, signature).status_code == 400
    assert _nothing_happened()


def test_without_a_secret_nothing_is_believed(post, settings):
    body = json.dumps(_event()).encode()
    for secret in ("", " "):
        settings.STRIPE_WEBHOOK_SECRET = secret
        assert post(body, _sign(body, secret=secret)).status_code == 400
    assert _nothing_happened()


def test_each_of_several_secrets_is_believed(post, settings):
    settings.STRIPE_WEBHOOK_SECRET = "whsec_old,whsec_new"
    for number, secret in enumerate(("whsec_old", "whsec_new")):
        body = json.dumps(_event(id=f"evt_{number}")).encode()
        assert post(body, _sign(body, secret=secret)).status_code == 200


def test_a_huge_body_is_refused(post):
    body = json.dumps(_event(padding="x" * 300_000)).encode()
    assert post(body, _sign(body)).status_code == 413
    assert _nothing_happened()


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "customer.created"},
        {"type": "balance.available", "data": {"object": {"object": "balance"}}},
        {"data": {"object": {"id": "cs_1"}}},
        {"data": {"object": {"id": "cs_1", "metadata": {"charge": "not-a-uuid"}}}},
        {"data": {"object": {"id": "cs_1", "metadata": {"charge": 5}}}},
        {"data": {"object": {"id": "cs_1", "metadata": {"charge": "0" * 36}}}},
    ],
    ids=repr,
)
def test_what_is_not_about_us_is_stored_and_left(post, run_outbox, fields):
    body = json.dumps(_event(**fields)).encode()
    assert post(body, _sign(body)).status_code == 200
    run_outbox()
    assert WebhookEvent.objects.get().processed_at
    assert not Charge.objects.exists()


def test_a_gateway_that_is_not_set_up_has_no_address(post, settings):
    settings.PAYMENT_GATEWAYS = {"bank": settings.PAYMENT_GATEWAYS["bank"]}
    body = json.dumps(_event()).encode()
    assert post(body, _sign(body)).status_code in (302, 404), "as for any address that is none"
    assert _nothing_happened()

"""What payers' banks dispute: learned by events, looked up at the gateway, told upwards once."""

import json
import time
import uuid

import pytest
import stripe

from brokers.payments import disputes, registry
from brokers.payments.charges import refundable
from brokers.payments.gateway import Chargeback, GatewayError, State
from brokers.payments.models import Dispute, WebhookEvent
from brokers.payments.stripe import readings
from marketplace.money import Money
from tests.payments.conftest import settle
from tests.payments.loopback_process import SECRET

pytestmark = pytest.mark.django_db

ROW = str(uuid.uuid4())


@pytest.fixture
def disputed(make_paid_charge, loopback):
    charge = make_paid_charge()
    charge.dispute_id = loopback.switch("disputes", charge=charge.external_id)["dispute"]
    return charge


def booked(amount, fee=0, currency="cny"):
    return {"amount": amount, "fee": fee, "currency": currency}


def found(status, *balance_transactions, row=ROW):
    metadata = {"charge": row} if row else {}
    return {
        "id": "du_1",
        "status": status,
        "currency": "cny",
        "charge": {"metadata": metadata},
        "balance_transactions": list(balance_transactions),
    }


def test_a_dispute_is_learned_from_its_event_and_told_once(
    disputed, loopback, hook, post, announced
) -> None:
    for _ in range(2):
        assert post(hook.wait_for("charge.dispute.created")).status_code == 200
    settle()
    dispute = Dispute.objects.get()
    assert (dispute.charge, dispute.money, dispute.fee) == (disputed, disputed.money, 1_500)
    assert announced.of(dispute) == ["dispute_changed"]
    assert refundable(disputed) == Money.zero("CNY")
    loopback.switch("disputes", dispute=disputed.dispute_id, status="won", fee_returned=1_500)
    post(hook.wait_for("charge.dispute.closed"))
    settle()
    dispute.refresh_from_db()
    assert (dispute.state, dispute.fee_returned) == (Dispute.State.WON, 1_500)
    assert announced.of(dispute) == ["dispute_changed"] * 2
    assert refundable(disputed) == disputed.money


def test_an_older_answer_changes_nothing(disputed, loopback, announced) -> None:
    loopback.switch("disputes", dispute=disputed.dispute_id, status="lost")
    older = registry.get("stripe").fetch_dispute(disputed.dispute_id)
    disputes.refresh(gateway="stripe", external_id=disputed.dispute_id)
    zero = Money.zero("CNY")
    for state in (State.PENDING, State.DONE):
        late = Chargeback(
            state=state, row=older.row, amount=older.amount, fee=zero, fee_returned=zero
        )
        disputes.apply(disputed, disputed.dispute_id, late)
    assert Dispute.objects.get().state == Dispute.State.LOST
    assert announced.of(Dispute.objects.get()) == ["dispute_changed"]


def test_the_gateway_that_does_not_answer_is_asked_again(disputed, loopback, hook, post) -> None:
    post(hook.wait_for("charge.dispute.created"))
    loopback.switch("faults", kind="error", method="GET", path="/v1/disputes", times=3)
    settle()
    assert not Dispute.objects.exists()
    settle()
    assert Dispute.objects.count() == 1


def test_a_dispute_of_what_is_not_paid_waits(make_charge, monkeypatch) -> None:
    charge = make_charge()
    zero = Money.zero("CNY")
    chargeback = Chargeback(
        state=State.PENDING, row=str(charge.pk), amount=charge.money, fee=zero, fee_returned=zero
    )
    monkeypatch.setattr(registry.get("stripe"), "fetch_dispute", lambda _id: chargeback)
    with pytest.raises(GatewayError, match="not paid"):
        disputes.refresh(gateway="stripe", external_id="du_1")
    assert not Dispute.objects.exists()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (found("needs_response", booked(-500, 15)), State.PENDING),
        (found("under_review", booked(-500, 15)), State.PENDING),
        (found("won", booked(-500, 15)), State.PENDING),
        (found("won", booked(-500, 15), booked(500, -15)), State.DONE),
        (found("lost", booked(-500, 15)), State.FAILED),
    ],
)
def test_what_a_dispute_says(answer, state) -> None:
    read = readings.chargeback(answer)
    assert (read.state, read.row, read.amount, read.fee) == (
        state,
        ROW,
        Money(500, "CNY"),
        Money(15, "CNY"),
    )
    assert read.fee_returned == Money(15 if state == State.DONE else 0, "CNY")


@pytest.mark.parametrize(
    "answer", [found("warning_needs_response"), found("lost", booked(-5), row="")]
)
def test_what_moved_no_money_or_is_not_ours_is_left(answer) -> None:
    assert readings.chargeback(answer) is None


def test_another_currency_is_not_guessed_at() -> None:
    with pytest.raises(GatewayError, match="another currency"):
        readings.chargeback(found("lost", booked(-500, 15, "usd")))


def test_a_signed_event_about_an_unknown_dispute_is_kept_for_later(post, loopback) -> None:
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "charge.dispute.created",
            "livemode": False,
            "created": int(time.time()),
            "data": {"object": {"id": "du_unknown", "object": "dispute"}},
        }
    )
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    assert post(body.encode(), signature).status_code == 200
    settle()
    assert WebhookEvent.objects.get().processed_at is None
    assert not Dispute.objects.exists()

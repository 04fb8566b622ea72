"""Events in any order, as often as they like, by whatever way: the same state at the end."""

import random
import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from brokers.payments import charges, payout_accounts, refunds, registry, webhooks
from brokers.payments.gateway import Event, Subject
from brokers.payments.loopback import person
from brokers.payments.models import Charge, PayoutAccount, Refund, Transfer, WebhookEvent
from brokers.payments.stripe import events
from marketplace.money import Money
from marketplace.outbox.models import Effect
from tests.payments.conftest import settle

pytestmark = pytest.mark.django_db


def test_a_payment_is_learned_from_its_event(make_charge, loopback, hook, post, announced):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    delivery = hook.wait_for("checkout.session.completed")
    assert post(delivery).status_code == 200
    assert Charge.objects.get(pk=charge.pk).state == Charge.State.OPEN
    assert announced.of(charge) == ["charge_paid"]
    assert Charge.objects.get(pk=charge.pk).state == Charge.State.PAID


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_copies_end_alike(
    make_charge, make_payee, loopback, hook, post, announced, seed
):
    charge, payee = make_charge(), make_payee()
    person.pay(charges.start_checkout(charge=charge).url)
    hook.wait_for("checkout.session.completed")
    deliveries = hook.caught * 2
    random.Random(seed).shuffle(deliveries)  # noqa: S311
    for delivery in deliveries:
        assert post(delivery).status_code == 200
        if seed % 2:
            settle()
    assert announced.of(charge) == ["charge_paid"]
    assert announced.of(payee) == ["account_changed"]
    assert WebhookEvent.objects.filter(processed_at=None).count() == 0


def test_a_transfer_whose_answer_was_lost_is_learned_from_its_event(
    make_transfer, loopback, hook, post, announced
):
    transfer = make_transfer()
    loopback.switch("faults", kind="drop", times=3, path="/v1/transfers")
    settle()
    assert Transfer.objects.get().state == Transfer.State.REQUESTED
    post(hook.wait_for("transfer.created"))
    assert announced.of(transfer) == ["transfer_paid"]
    assert Transfer.objects.get().external_id
    assert len(loopback.list("transfers")) == 1


def test_an_event_that_comes_before_we_know_the_answer_is_enough(
    make_transfer, loopback, hook, post, announced, monkeypatch
):
    """The webhook overtakes the answer to the call that caused it."""
    transfer = make_transfer()
    gateway = registry.get("stripe")
    send = gateway.send_transfer

    def answer_late(order):
        outcome = send(order)
        post(hook.wait_for("transfer.created"))
        webhooks.process(WebhookEvent.objects.latest("received_at").pk)
        return outcome

    monkeypatch.setattr(gateway, "send_transfer", answer_late)
    assert announced.of(transfer) == ["transfer_paid"]


def test_a_refund_whose_answer_was_lost_is_learned_from_its_event(
    make_paid_charge, loopback, hook, post, announced
):
    make_paid_charge()
    refund = refunds.request(
        reference=uuid.uuid4(),
        charge=make_paid_charge(),
        amount=Money(100, "CNY"),
        reason="late",
    )
    loopback.switch("faults", kind="drop", times=3, path="/v1/refunds")
    settle()
    post(hook.wait_for("refund.created"))
    assert announced.of(refund) == ["refund_paid"]
    assert Refund.objects.get().external_id
    assert len(loopback.list("refunds")) == 1


def test_an_account_is_followed_by_its_events(make_payee, loopback, hook, post, announced):
    payee = make_payee(onboard=False)
    loopback.switch("accounts", account=payee.external_id, reason=None)
    post(hook.wait_for("account.updated"))
    assert announced.of(payee) == ["account_changed"]
    assert PayoutAccount.objects.get(pk=payee.pk).status == PayoutAccount.Status.ACTIVE
    loopback.switch("accounts", account=payee.external_id, reason="rejected.fraud")
    post(hook.wait_for("account.updated", count=2))
    assert announced.of(payee) == ["account_changed", "account_changed", "account_troubled"]
    assert PayoutAccount.objects.get(pk=payee.pk).status == PayoutAccount.Status.DISABLED


def test_an_event_is_only_a_hint_where_to_look(make_charge, loopback, announced):
    """It says the charge is paid; the gateway, asked, says it is not."""
    charge = make_charge()
    checkout = charges.start_checkout(charge=charge)
    event = Event(
        id="evt_lie",
        kind="checkout.session.completed",
        subject=Subject.CHARGE,
        row=str(charge.pk),
        external_id=checkout.external_id,
    )
    assert webhooks.receive(gateway="stripe", event=event)
    assert announced.of(charge) == []
    assert Charge.objects.get(pk=charge.pk).state == Charge.State.OPEN


def test_an_event_about_another_row_changes_nothing(make_transfer, loopback, announced):
    first, second = make_transfer(), make_transfer()
    settle()
    stray = Event(
        id="evt_stray",
        kind="transfer.created",
        subject=Subject.TRANSFER,
        row=str(second.pk),
        external_id=Transfer.objects.get(pk=first.pk).external_id,
    )
    Transfer.objects.filter(pk=second.pk).update(
        state=Transfer.State.REQUESTED, external_id="", sent_at=None
    )
    announced.told.clear()
    webhooks.receive(gateway="stripe", event=stray)
    assert announced.of(second) == []
    assert Transfer.objects.get(pk=second.pk).state == Transfer.State.REQUESTED


def test_while_the_gateway_is_away_events_wait(make_charge, loopback, hook, post, announced):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    post(hook.wait_for("checkout.session.completed"))
    loopback.switch("faults", kind="error", method="GET", path="/v1/checkout", times=3)
    settle()
    assert Charge.objects.get(pk=charge.pk).state == Charge.State.OPEN
    assert announced.of(charge) == ["charge_paid"]


def test_an_event_that_was_given_up_is_taken_up_again(
    make_charge, loopback, hook, post, announced, run_periodic
):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    post(hook.wait_for("checkout.session.completed"))
    Effect.objects.update(state=Effect.State.FAILED)
    WebhookEvent.objects.update(received_at=timezone.now() - timedelta(hours=3))
    run_periodic()
    assert announced.of(charge) == ["charge_paid"]


def test_a_lost_event_is_made_up_for(make_charge, loopback, announced, run_periodic):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    run_periodic()
    assert announced.of(charge) == []
    Charge.objects.update(refreshed_at=timezone.now() - timedelta(minutes=11))
    run_periodic()
    assert announced.of(charge) == ["charge_paid"]


def test_a_stuck_order_is_taken_up_again(make_transfer, loopback, announced, run_periodic):
    transfer = make_transfer()
    Effect.objects.update(state=Effect.State.FAILED)
    run_periodic()
    assert announced.of(transfer) == []
    Transfer.objects.update(tried_at=timezone.now() - timedelta(hours=3))
    run_periodic()
    assert announced.of(transfer) == ["transfer_paid"]
    assert len(loopback.list("transfers")) == 1


def test_a_refund_under_way_is_followed(make_paid_charge, loopback, announced, run_periodic):
    make_paid_charge()
    refund = refunds.request(
        reference=uuid.uuid4(),
        charge=make_paid_charge(),
        amount=Money(100, "CNY"),
        reason="late",
    )
    settle()
    Refund.objects.update(state=Refund.State.SENT, tried_at=timezone.now() - timedelta(hours=3))
    announced.told.clear()
    run_periodic()
    assert announced.of(refund) == ["refund_paid"]


def test_events_need_no_row_that_was_deleted(make_payee, hook, post, loopback):
    payee = make_payee(onboard=False)
    loopback.switch("accounts", account=payee.external_id, reason=None)
    delivery = hook.wait_for("account.updated")
    PayoutAccount.objects.filter(pk=payee.pk).delete()
    assert post(delivery).status_code == 200
    settle()
    assert WebhookEvent.objects.get().processed_at


@pytest.mark.usefixtures("at_once")
def test_over_the_wire_with_a_web_server(
    live_server, make_charge, make_payee, loopback, announced, wait_until
):
    """The gateway's own deliveries reach the real view and the outbox does the rest."""
    loopback.switch("webhooks", url=f"{live_server.url}/webhooks/stripe/", copies=2)
    charge, payee = make_charge(), make_payee(onboard=False)
    person.pay(charges.start_checkout(charge=charge).url)
    page = payout_accounts.onboarding_url(
        account=payee, refresh_url="http://x/", return_url="http://x/"
    )
    person.onboard(page)
    kinds = WebhookEvent.objects.values_list("kind", flat=True)
    wait_until(lambda: {"checkout.session.completed", "account.updated"} <= set(kinds.all()))
    assert announced.of(charge) == ["charge_paid"]
    assert announced.of(payee) == ["account_changed"]


def test_the_documentation_subscribes_what_is_acted_on(settings):
    """Every event that is listed names something of ours, and every kind that is read is listed."""
    text = (settings.BASE_DIR / "docs" / "payments.md").read_text(encoding="utf-8")
    listed, base = [], ""
    (paragraph,) = re.findall(r"Subscribe (.*?) Others are stored and left", text, re.DOTALL)
    for name in re.findall(r"`([a-z_.]+)`", paragraph):
        base = base if name.startswith(".") else name.rpartition(".")[0]
        listed.append(base + name if name.startswith(".") else name)
    row = str(uuid.uuid4())
    nouns = {noun: row for _subject, noun in events.SUBJECTS.values()}
    for name in listed:
        found = events.about(name, "x_1", nouns, account="acct_1")
        assert found.subject is not Subject.OTHER, name
    for prefix in (*events.SUBJECTS, events.PAYOUTS, events.DISPUTES):
        assert any(name.startswith(prefix) for name in listed), prefix
    assert events.about("invoice.paid", "x_1", nouns, account="").subject is Subject.OTHER

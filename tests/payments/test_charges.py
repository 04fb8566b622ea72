"""A reference is charged once, whatever is clicked, lost or refused."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from brokers.payments import charges, refunds, registry
from brokers.payments.gateway import GatewayError, OutcomeUnknown, Payment, State
from brokers.payments.loopback import person
from brokers.payments.models import Charge
from marketplace.money import Money
from tests.payments.conftest import settle

pytestmark = pytest.mark.django_db


def test_a_charge_is_paid_with_amount_fee_and_one_announcement(make_charge, loopback, announced):
    charge = make_charge()
    checkout = charges.start_checkout(charge=charge)
    assert charges.refresh(charge_id=charge.pk).state == Charge.State.OPEN
    assert person.pay(checkout.url) == "http://127.0.0.1/paid/"
    paid = charges.refresh(charge_id=charge.pk)
    assert (paid.state, paid.fee_money) == (Charge.State.PAID, Money(29_030, "CNY"))
    assert paid.paid_at
    assert paid.external_id.startswith("ch_")
    charges.refresh(charge_id=charge.pk)
    assert announced.of(charge) == ["charge_paid"]
    assert loopback.held("cny") == 970_970


def test_what_the_gateway_shows_is_what_the_charge_says(make_charge, loopback):
    charge = make_charge(Money(1_000_001, "JPY"))
    session = loopback.get(f"checkout/sessions/{charges.start_checkout(charge=charge).external_id}")
    assert (session["amount_total"], session["currency"]) == (1_000_001, "jpy")
    assert session["metadata"] == {"charge": str(charge.pk)}
    assert session["locale"] == "zh"


def test_a_second_click_gets_the_same_charge_and_the_same_page(make_charge, loopback):
    reference = uuid.uuid4()
    first, second = make_charge(reference=reference), make_charge(reference=reference)
    assert first.pk == second.pk
    urls = {charges.start_checkout(charge=one).url for one in (first, second)}
    urls.add(charges.start_checkout(charge=Charge.objects.get(pk=first.pk)).url)
    assert len(urls) == 1
    assert Charge.objects.count() == 1


def test_clicks_in_two_languages_get_the_first_page(make_charge, loopback):
    reference = uuid.uuid4()
    first = make_charge(reference=reference, language="zh-hans")
    url = charges.start_checkout(charge=first).url
    second = make_charge(reference=reference, language="en", success_url="http://other/")
    assert charges.start_checkout(charge=second).url == url


@pytest.mark.parametrize(
    "other", [{"amount": Money(5, "CNY")}, {"amount": Money(1_000_000, "USD")}]
)
def test_another_amount_for_an_open_reference_is_refused(make_charge, other):
    reference = uuid.uuid4()
    make_charge(reference=reference)
    with pytest.raises(ValidationError) as caught:
        make_charge(reference=reference, **other)
    assert caught.value.code == "other_open"
    assert Charge.objects.get().amount == 1_000_000


def test_another_way_of_paying_needs_cancelling_first(make_charge, collector, loopback):
    reference = uuid.uuid4()
    charge = make_charge(reference=reference)
    url = charges.start_checkout(charge=charge).url
    by_bank = {"reference": reference, "gateway": "bank", "collector": collector}
    with pytest.raises(ValidationError):
        make_charge(**by_bank)
    assert charges.cancel(charge=charge).state == Charge.State.CANCELLED
    assert make_charge(**by_bank).gateway == "bank"
    assert person.pay(url) == "http://127.0.0.1/cancelled/"
    assert loopback.held("cny") == 0


def test_a_paid_reference_is_not_charged_again(make_paid_charge, make_charge):
    charge = make_paid_charge()
    with pytest.raises(ValidationError) as caught:
        make_charge(reference=charge.reference)
    assert caught.value.code == "paid"
    assert Charge.objects.count() == 1


def test_a_reference_refunded_in_full_can_be_charged_again(make_paid_charge, make_charge):
    make_paid_charge()
    charge = make_paid_charge(Money(10_000, "CNY"))
    refunds.request(
        reference=uuid.uuid4(), charge=charge, amount=Money(10_000, "CNY"), reason="cancelled"
    )
    settle()
    assert make_charge(reference=charge.reference).pk != charge.pk


def test_a_payment_made_while_cancelling_wins(make_charge, loopback, announced):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    assert charges.cancel(charge=charge).state == Charge.State.PAID
    assert announced.of(charge) == ["charge_paid"]


def test_a_checkout_started_while_cancelling_is_closed(make_charge, loopback):
    charge = make_charge()
    stale = Charge.objects.get(pk=charge.pk)
    charges.cancel(charge=charge)
    with pytest.raises(ValidationError):
        charges.start_checkout(charge=stale)
    assert not Charge.objects.get(pk=charge.pk).checkout_url


def test_an_expired_page_fails_the_charge_and_a_new_one_can_be_opened(
    make_charge, loopback, announced
):
    charge = make_charge()
    checkout = charges.start_checkout(charge=charge)
    registry.get("stripe").cancel_checkout(checkout.external_id)
    assert charges.refresh(charge_id=charge.pk).state == Charge.State.FAILED
    assert announced.of(charge) == ["charge_failed"]
    assert make_charge(reference=charge.reference).pk != charge.pk


def test_a_declined_card_leaves_the_charge_open(make_charge, loopback, announced):
    charge = make_charge()
    assert person.decline(charges.start_checkout(charge=charge).url) == charge.cancel_url
    assert charges.refresh(charge_id=charge.pk).state == Charge.State.OPEN
    assert announced.of(charge) == []


def test_what_the_gateway_refuses_is_a_failed_charge_and_a_message(
    make_charge, loopback, announced
):
    charge = make_charge(Money(49, "CNY"))
    with pytest.raises(ValidationError) as caught:
        charges.start_checkout(charge=charge)
    assert "too small" in caught.value.messages[0]
    charge.refresh_from_db()
    assert charge.state == Charge.State.FAILED
    assert announced.of(charge) == ["charge_failed"]


def test_no_answer_leaves_the_charge_open_and_the_next_click_carries_on(make_charge, loopback):
    charge = make_charge()
    loopback.switch("faults", kind="drop", times=3, path="/v1/checkout")
    with pytest.raises(OutcomeUnknown):
        charges.start_checkout(charge=charge)
    assert Charge.objects.get(pk=charge.pk).state == Charge.State.OPEN
    url = charges.start_checkout(charge=Charge.objects.get(pk=charge.pk)).url
    person.pay(url)
    assert charges.refresh(charge_id=charge.pk).state == Charge.State.PAID
    assert loopback.held("cny") == 970_970


@pytest.mark.parametrize(
    ("amount", "collected", "word"),
    [
        (Money(100, "GBP"), False, "currency"),
        (Money(100_000_000, "CNY"), False, "too large"),
        (Money(100, "CNY"), True, "collector"),
    ],
)
def test_what_stripe_cannot_receive_is_refused_beforehand(
    make_charge, collector, amount, collected, word
):
    with pytest.raises(ValidationError) as caught:
        make_charge(amount, collector=collector if collected else None)
    with translation.override("en"):
        assert word in caught.value.messages[0]
    assert not Charge.objects.exists()


def test_without_a_key_online_payment_is_not_offered(make_charge, settings, collector):
    settings.STRIPE_API_KEY = ""
    with pytest.raises(ValidationError):
        make_charge()
    accepting = registry.accepting
    assert list(accepting(Money(100, "CNY"), collector=None)) == []
    assert list(accepting(Money(100, "CNY"), collector=collector)) == ["bank"]


def test_three_decimals_must_end_in_zero(make_charge, settings):
    settings.STRIPE_CURRENCIES = ["KWD"]
    with pytest.raises(ValidationError):
        make_charge(Money(5_125, "KWD"))
    assert make_charge(Money(5_120, "KWD")).currency == "KWD"


def test_another_amount_than_is_due_is_an_error_and_no_payment(make_charge, announced):
    charge = make_charge()
    payment = Payment(
        state=State.DONE, amount=Money(999_999, "CNY"), fee=Money(1, "CNY"), payment_id="pi"
    )
    with pytest.raises(GatewayError):
        charges.apply(charge, payment)
    charge.refresh_from_db()
    assert charge.state == Charge.State.OPEN
    assert announced.of(charge) == []


def test_a_payment_without_its_fee_waits_for_it(make_charge, announced):
    charge = make_charge()
    with pytest.raises(GatewayError):
        charges.apply(charge, Payment(state=State.DONE, amount=charge.money))
    charge.refresh_from_db()
    assert charge.state == Charge.State.OPEN


def test_two_workers_at_once_hear_of_a_payment_and_one_tells(
    make_charge, loopback, announced, monkeypatch
):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    gateway = registry.get("stripe")
    fetch = gateway.fetch_payment

    def fetch_while_another_does(row, checkout):
        monkeypatch.setattr(gateway, "fetch_payment", fetch)
        charges.refresh(charge_id=charge.pk)
        return fetch(row, checkout)

    monkeypatch.setattr(gateway, "fetch_payment", fetch_while_another_does)
    first = charges.refresh(charge_id=charge.pk)
    assert first.state == Charge.State.PAID
    assert announced.of(charge) == ["charge_paid"]


def test_an_older_answer_changes_nothing(make_paid_charge, announced):
    charge = make_paid_charge()
    for state in (State.PENDING, State.FAILED):
        charges.apply(charge, Payment(state=state, amount=charge.money))
    charge.refresh_from_db()
    assert charge.state == Charge.State.PAID
    assert announced.of(charge) == ["charge_paid"]


def test_a_charge_is_found_by_the_code_somebody_wrote(make_charge):
    charge = make_charge()
    assert charges.with_code(f" {charge.code[:4].lower()}-{charge.code[4:]} ") == charge
    assert charges.with_code("nonsense") is None

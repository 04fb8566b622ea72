"""Eight workers at once, each with a connection of its own: one charge, one transfer, no overdraft."""

import uuid
from functools import partial

import pytest

from brokers.payments import bank_entries, charges, refunds
from brokers.payments.loopback import person
from brokers.payments.models import BankReceipt, Charge, Refund, WebhookEvent
from marketplace.money import Money
from marketplace.outbox import effects
from tests.together import WORKERS, needs_postgresql, refusals, together

pytestmark = [pytest.mark.usefixtures("at_once"), needs_postgresql]


def test_eight_clicks_open_one_charge_and_one_page(make_charge, make_user, loopback):
    reference, user = uuid.uuid4(), make_user()

    def click():
        charge = make_charge(reference=reference, opened_by=user)
        return charges.start_checkout(charge=charge).url

    assert len(set(together(*[click] * WORKERS))) == 1
    assert Charge.objects.count() == 1


def test_eight_refunds_stay_within_the_charge(make_paid_charge):
    charge = make_paid_charge()

    def refund():
        return refunds.request(
            reference=uuid.uuid4(), charge=charge, amount=Money(300_000, "CNY"), reason="late"
        )

    assert len(refusals(together(*[refund] * WORKERS))) == WORKERS - 3
    assert Refund.objects.count() == 3


def test_eight_workers_pay_each_transfer_once(
    make_transfer, make_paid_charge, make_payee, loopback
):
    charge, account = make_paid_charge(), make_payee()
    made = [make_transfer(Money(1_000, "CNY"), charge=charge, account=account) for _ in range(20)]
    together(*[effects.process_due] * WORKERS)
    assert len(loopback.list("transfers")) == 20
    for transfer in made:
        transfer.refresh_from_db()
        assert transfer.state == transfer.State.PAID
    assert loopback.held("cny", account.external_id) == 20_000


def test_eight_deliveries_of_one_event_are_stored_once(post, make_charge, loopback, hook):
    charge = make_charge()
    person.pay(charges.start_checkout(charge=charge).url)
    delivery = hook.wait_for("checkout.session.completed")
    statuses = together(*[lambda: post(delivery).status_code] * WORKERS)
    assert statuses == [200] * WORKERS
    assert WebhookEvent.objects.count() == 1


def test_eight_people_confirm_once(make_charge, make_user, collector, line, announced):
    charge = make_charge(gateway="bank", collector=collector)
    receipt = bank_entries.record_receipt(
        charge=charge, line=line(charge.money), recorded_by=make_user(finance=True)
    )
    people = [make_user(finance=True) for _ in range(WORKERS)]
    confirm = [partial(bank_entries.confirm, entry=receipt, confirmed_by=one) for one in people]
    assert len(refusals(together(*confirm))) == WORKERS - 1
    assert BankReceipt.objects.get().decided_by in people
    assert announced.of(charge) == ["charge_paid"]

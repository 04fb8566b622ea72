"""Who may pay, record, confirm, look, and be paid."""

import pytest
import rules
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from brokers.payments import bank_entries, payout_accounts
from brokers.payments.models import PayoutList
from marketplace.accounts import second_factor
from marketplace.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_user, make_organisation, payer, collector):
    return {
        "payer's member": make_user(member=payer),
        "payer's approver": make_user(approver=payer),
        "collector's member": make_user(member=collector),
        "collector's approver": make_user(approver=collector),
        "finance": make_user(finance=True),
        "administrator": make_user(finance=False),
        "stranger": make_user(owner=make_organisation()),
    }


@pytest.fixture(autouse=True)
def _administrator(people):
    people["administrator"].is_superuser = True
    people["administrator"].save()


def _allowed(people, permission, target):
    return {who for who, user in people.items() if rules.has_perm(permission, user, target)}


BOOKKEEPERS = {"collector's approver", "finance", "administrator"}
EVERYBODY_IN_IT = BOOKKEEPERS | {"payer's member", "payer's approver", "collector's member"}


def test_who_may_pay(people, payer):
    assert _allowed(people, "payment:pay", payer) == {"payer's approver"}


def test_who_may_look_and_record(people, make_charge, collector):
    charge = make_charge(gateway="bank", collector=collector)
    assert _allowed(people, "payment:read", charge) == EVERYBODY_IN_IT
    assert _allowed(people, "payment:record_receipt", charge) == BOOKKEEPERS
    assert _allowed(people, "payment:refund", charge) == BOOKKEEPERS


def test_what_the_platform_collects_is_its_own_matter(people, make_charge):
    charge = make_charge()
    assert _allowed(people, "payment:record_receipt", charge) == {"finance", "administrator"}
    assert "collector's member" not in _allowed(people, "payment:read", charge)


@pytest.mark.parametrize("recorder", ["finance", "collector's approver"])
def test_who_recorded_may_not_confirm(people, make_charge, collector, line, recorder):
    charge = make_charge(gateway="bank", collector=collector)
    receipt = bank_entries.record_receipt(
        charge=charge, line=line(charge.money), recorded_by=people[recorder]
    )
    assert _allowed(people, "payment:confirm_receipt", receipt) == BOOKKEEPERS - {recorder}
    assert _allowed(people, "payment:reject_entry", receipt) == BOOKKEEPERS
    assert _allowed(people, "payment:read_evidence", receipt) == BOOKKEEPERS


def test_who_may_touch_a_payout_account(people, make_organisation, make_user):
    organisation = make_organisation()
    people |= {
        "owner": make_user(owner=organisation),
        "approver": make_user(approver=organisation),
    }
    account = payout_accounts.open_account(
        owner=organisation,
        gateway="bank",
        opened_by=people["owner"],
        holder="S",
        bank="B",
        number="62220001",
    )
    assert _allowed(people, "payout_account:open", organisation) == {"owner"}
    assert _allowed(people, "payout_account:close", account) == {"owner"}
    assert _allowed(people, "payout_account:read", account) == {
        "owner",
        "finance",
        "administrator",
    }


def test_a_persons_account_is_the_persons(people, make_user):
    person = make_user()
    people["person"] = person
    assert _allowed(people, "payout_account:open", person) == {"person"}


def test_nobody_is_nobody(people, make_charge, collector):
    charge = make_charge(Money(100, "CNY"), gateway="bank", collector=collector)
    nobody = {"nobody": AnonymousUser()}
    for permission in ("payment:read", "payment:record_receipt", "payment:record_payout"):
        assert _allowed(nobody, permission, charge) == set()


def test_who_may_import_and_clear_statements(people, collector):
    account = collector.payout_accounts.get()
    for permission in ("import", "read", "clear"):
        assert _allowed(people, f"bank_statement:{permission}", account) == BOOKKEEPERS
        assert f"bank_statement:{permission}" in second_factor.guarded


@pytest.mark.parametrize("clerk", ["finance", "collector's approver"])
def test_who_drew_a_list_up_does_not_release_it(people, collector, clerk):
    drawn_up = PayoutList.objects.create(
        collector=collector, currency="CNY", drawn_up_by=people[clerk]
    )
    assert _allowed(people, "payout_list:draw_up", collector) == BOOKKEEPERS
    assert _allowed(people, "payout_list:read", drawn_up) == BOOKKEEPERS
    assert _allowed(people, "payout_list:withdraw", drawn_up) == BOOKKEEPERS
    assert _allowed(people, "payout_list:release", drawn_up) == BOOKKEEPERS - {clerk}
    assert "payout_list:release" in second_factor.guarded
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutList.objects.update(state="released", decided_by=people[clerk])

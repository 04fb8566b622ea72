"""Accounts of payees: opened once, replaced rather than changed, followed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from brokers.payments import payout_accounts
from brokers.payments.gateway import OutcomeUnknown
from brokers.payments.models import PayoutAccount
from marketplace.audit import trail

pytestmark = pytest.mark.django_db
Status = PayoutAccount.Status
BANK = {"gateway": "bank", "holder": "Sample Ltd", "bank": "Sample Bank", "number": "62220001"}


def test_an_account_is_completed_on_the_gateways_page(make_payee, announced):
    account = make_payee()
    assert account.status == Status.ACTIVE
    assert account.external_id.startswith("acct_")
    assert announced.of(account) == ["account_changed"]


def test_a_second_click_opens_no_second_account(make_payee):
    account = make_payee(onboard=False)
    again = payout_accounts.open_account(
        owner=account.owner, gateway="stripe", opened_by=account.opened_by, country="HK"
    )
    assert again == account
    assert PayoutAccount.objects.count() == 1


def test_a_lost_answer_is_carried_on_with(make_organisation, make_user, loopback):
    owner, user = make_organisation(), make_user()
    wanted = {"owner": owner, "gateway": "stripe", "opened_by": user, "country": "HK"}
    loopback.switch("faults", kind="drop", times=3, path="/v1/accounts")
    with pytest.raises(OutcomeUnknown):
        payout_accounts.open_account(**wanted)
    assert PayoutAccount.objects.get().external_id == ""
    account = payout_accounts.open_account(**wanted)
    assert account.external_id
    assert PayoutAccount.objects.count() == 1


def test_a_refusal_is_a_message(make_organisation, make_user, loopback):
    with pytest.raises(ValidationError) as caught:
        payout_accounts.open_account(
            owner=make_organisation(), gateway="stripe", opened_by=make_user(), country="hk"
        )
    assert "hk" in caught.value.messages[0]


def test_a_person_is_paid_too(make_user, announced):
    user = make_user()
    account = payout_accounts.open_account(owner=user, opened_by=user, **BANK)
    assert (account.owner, account.status) == (user, Status.ACTIVE)
    assert announced.of(account) == ["account_changed"]


def test_other_details_are_another_account(make_user, announced):
    user = make_user()
    first = payout_accounts.open_account(owner=user, opened_by=user, **BANK)
    assert payout_accounts.open_account(owner=user, opened_by=user, **BANK) == first
    second = payout_accounts.open_account(
        owner=user, opened_by=user, **BANK | {"number": "62220002"}
    )
    first.refresh_from_db()
    assert (first.status, second.status) == (Status.CLOSED, Status.ACTIVE)
    assert first.external_id == "62220001"
    actions = {entry.action for entry in trail.history(first)}
    assert actions == {"payout_account.open", "payout_account.close"}
    assert not any(entry.data for entry in trail.history(first))


def test_a_closed_account_stays_closed(make_payee, loopback, announced):
    account = make_payee()
    payout_accounts.close(account=account, closed_by=account.opened_by)
    assert payout_accounts.refresh(account_id=account.pk).status == Status.CLOSED
    assert announced.of(account) == ["account_changed"] * 2


def test_the_database_wants_one_owner_and_one_account(make_user, make_organisation):
    user, organisation = make_user(), make_organisation()
    for owners in ({}, {"user": user, "organisation": organisation}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutAccount.objects.create(gateway="bank", opened_by=user, **owners)
    PayoutAccount.objects.create(gateway="bank", opened_by=user, user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutAccount.objects.create(gateway="bank", opened_by=user, user=user)


def test_the_number_is_shown_masked(make_user):
    user = make_user()
    account = payout_accounts.open_account(owner=user, opened_by=user, **BANK)
    assert account.masked == "•••• 0001"
    assert "62220001" not in str(account)


def test_a_bank_account_needs_no_onboarding(make_user):
    user = make_user()
    account = payout_accounts.open_account(owner=user, opened_by=user, **BANK)
    pages = {"refresh_url": "http://x/", "return_url": "http://x/"}
    assert payout_accounts.onboarding_url(account=account, **pages) == ""
    assert payout_accounts.refresh(account_id=account.pk).status == Status.ACTIVE

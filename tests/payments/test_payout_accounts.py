"""Accounts of payees: opened once, replaced rather than changed, followed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from brokers.payments import payout_accounts
from brokers.payments.gateway import OutcomeUnknown
from brokers.payments.loopback import person
from brokers.payments.models import PayoutAccount
from marketplace.audit import trail
from marketplace.outbox.models import Effect
from tests.payments.conftest import settle

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
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutAccount.objects.create(
            gateway="bank", opened_by=user, user=user, organisation=organisation
        )
    for owner in ({"user": user}, {"organisation": organisation}, {}):
        PayoutAccount.objects.create(gateway="bank", opened_by=user, **owner)
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutAccount.objects.create(gateway="bank", opened_by=user, **owner)


def test_the_platform_is_paid_at_a_bank_like_everybody(make_user):
    clerk = make_user(finance=True)
    account = payout_accounts.open_account(owner=None, opened_by=clerk, **BANK)
    assert (account.owner, account.owner_name, account.status) == (None, "the platform", "active")
    assert payout_accounts.open_account(owner=None, opened_by=clerk, **BANK) == account
    for somebody, may in ((clerk, True), (make_user(), False)):
        assert somebody.has_perm("payout_account:open", None) == may
        assert somebody.has_perm("payout_account:close", account) == may


def troubles(account) -> tuple[list[str], str, list[tuple[str, str]]]:
    account.refresh_from_db()
    failed = [(one.money.digits, one.code) for one in account.failed_payouts.all()]
    return account.missing, account.disabled_reason, failed


def heard(post, hook, kind: str, count: int = 1) -> None:
    """Take the event in, and act on it."""
    assert post(hook.wait_for(kind, count=count)).status_code == 200
    settle()


def test_what_is_asked_for_is_kept_and_told_once(make_payee, loopback, post, hook, announced):
    account = make_payee()
    assert troubles(account) == ([], "", [])
    asked = {"account": account.external_id, "due": ["individual.verification.document"]}
    loopback.switch("accounts", reason=None, **asked)
    heard(post, hook, "account.updated", 2)
    assert troubles(account) == (asked["due"], "", [])
    assert account.is_troubled
    loopback.switch("accounts", reason="requirements.past_due", **asked)
    heard(post, hook, "account.updated", 3)
    assert troubles(account) == (asked["due"], "requirements.past_due", [])
    assert account.status == Status.DISABLED
    payout_accounts.refresh(account_id=account.pk)
    told = announced.of(account)
    assert told.count("account_troubled") == 2
    pages = {"refresh_url": "http://x/", "return_url": "http://x/"}
    person.onboard(payout_accounts.onboarding_url(account=account, **pages))
    payout_accounts.refresh(account_id=account.pk)
    assert troubles(account) == ([], "", [])
    assert (account.status, account.is_troubled) == (Status.ACTIVE, False)


def test_what_the_payees_bank_sent_back_is_kept_until_something_arrives(
    make_transfer, loopback, post, hook, announced
):
    transfer = make_transfer()
    account = transfer.account
    settle()
    loopback.switch("payouts", account=account.external_id, failure="account_closed")
    heard(post, hook, "payout.failed")
    assert troubles(account) == (["external_account"], "", [("1000.00", "account_closed")])
    heard(post, hook, "payout.failed")
    assert announced.of(account).count("account_troubled") == 1
    loopback.switch("payouts", account=account.external_id, failure="no_account")
    heard(post, hook, "payout.failed", 2)
    assert [code for _amount, code in troubles(account)[2]] == ["account_closed", "no_account"]
    loopback.switch("payouts", account=account.external_id)
    heard(post, hook, "payout.paid")
    assert troubles(account)[2] == []
    assert loopback.held("cny", account.external_id) == 0


def test_an_event_about_nobodys_account_changes_nothing(make_transfer, loopback, post, hook):
    account = make_transfer().account
    settle()
    PayoutAccount.objects.filter(pk=account.pk).update(external_id="acct_other")
    loopback.switch("payouts", account=account.external_id, failure="no_account")
    heard(post, hook, "payout.failed")
    assert troubles(account) == ([], "", [])
    assert not Effect.objects.filter(state=Effect.State.FAILED).exists()


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

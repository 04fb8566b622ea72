"""Accounts of payees on the pages: what has to be put right, and the platform's own account."""

from typing import Any

import pytest
from django.utils import timezone

from brokers.payments import announcements
from brokers.payments.models import FailedPayout, PayoutAccount, Transfer
from brokers.settlement import dues
from marketplace.accounts.permissions import FINANCE
from marketplace.outbox import effects
from tests.deals.card import ledger_check
from tests.deals.factories import World
from tests.factories import add_member, in_group, make_administrator, make_organisation, make_user
from tests.pages import errors_at, form_data, text_of

pytestmark = pytest.mark.django_db

BANK = {"holder": "Sample Platform Ltd", "bank": "Sample bank", "number": "6222020000007777"}


def troubled(**owner: Any) -> PayoutAccount:
    """An account that was stopped, of which something is asked and whose bank refused a payout."""
    account = PayoutAccount.objects.create(
        gateway="stripe",
        external_id="acct_1234",
        country="HK",
        status=PayoutAccount.Status.DISABLED,
        missing=["individual.verification.document", "individual.verification.additional_document"],
        disabled_reason="requirements.past_due",
        opened_by=make_user(),
        **owner,
    )
    FailedPayout.objects.create(
        account=account,
        external_id="po_1",
        amount=123_456,
        currency="CNY",
        code="account_closed",
        failed_on=timezone.localdate(),
    )
    return account


def test_a_payee_sees_what_to_put_right_and_goes_on(visit) -> None:
    payee = make_user()
    account = troubled(user=payee)
    shown = text_of(visit(payee).get("payout_accounts"))
    for words in (
        "has stopped this account",
        "not given in time",
        "A document that proves identity.",
        "1,234.56",
        "account_closed",
        "Enter another one.",
        "Go on at the payment service",
    ):
        assert shown.count(words) == 1, words
    assert "1,234.56" not in text_of(visit(make_user()).get("payout_accounts"))
    PayoutAccount.objects.filter(pk=account.pk).update(
        missing=[], disabled_reason="", status="active"
    )
    FailedPayout.objects.all().delete()
    shown = text_of(visit(payee).get("payout_accounts"))
    assert "payment service" not in shown.replace("Card or wallet", "")


def test_the_owner_is_told_and_finance_sees_all(visit, mailoutbox) -> None:
    organisation = make_organisation()
    account = troubled(organisation=organisation)
    member = add_member(organisation)
    announcements.account_troubled(account)
    effects.process_due()
    owners = organisation.memberships.filter(role="owner").values_list("user__email", flat=True)
    assert [mail.to for mail in mailoutbox] == [[email] for email in owners]
    assert organisation.slug in mailoutbox[0].body
    assert "account_closed" not in mailoutbox[0].body
    shown = text_of(visit(in_group(make_user(), FINANCE)).get("failures"))
    assert organisation.name in shown
    assert "The bank account is closed" in shown
    assert visit(member).get("failures").status_code == 404
    address = ("organisation_payout_accounts", organisation.slug)
    assert visit(member).get(*address).status_code == 404


def test_the_platforms_share_at_a_bank_is_paid_like_everybodys(visit, bank_only) -> None:
    world = World()
    world.open_accounts()
    shares = {"institution": 1800, "team": 7000, "broker": 1000, "platform": 200}
    deal = world.agreed(1_000_000, shares=shares)
    milestone = deal.agreements.get().milestones.get()
    world.pay(milestone)
    world.settle(milestone)
    assert {due.payee.key for due in dues.of_deal(deal.pk)} == {"platform"}
    for person in (make_user(), world.dean):
        assert (
            visit(person, reauthenticated=True).get("platform_payout_accounts").status_code == 404
        )
        again = visit(person, reauthenticated=True).post("open_platform_account", "bank", data=BANK)
        assert again.status_code == 404
    assert PayoutAccount.objects.filter(user=None, organisation=None).count() == 0
    finance = in_group(make_user(), FINANCE)
    assert visit(finance).get("open_platform_account", "bank").status_code == 302, "step up first"
    clerk = visit(finance, reauthenticated=True)
    page = clerk.get("open_platform_account", "bank")
    data = form_data(page, containing="holder")
    wrong = clerk.post("open_platform_account", "bank", data=data | BANK | {"number": "12 34"})
    assert wrong.status_code == 422
    assert errors_at(wrong, "number")
    assert clerk.post("open_platform_account", "bank", data=data | BANK).status_code == 302
    assert clerk.get("open_platform_account", "stripe").status_code == 404
    shown = text_of(clerk.get("platform_payout_accounts"))
    assert "Where the platform is paid" in shown
    assert "•••• 7777" in shown
    effects.process_due()
    transfer = Transfer.objects.get(account__holder=BANK["holder"])
    assert (transfer.state, transfer.payer) == ("by_hand", world.institution)
    assert "the platform" in text_of(visit(world.dean).get("payout_lists"))
    world.pay_by_hand(transfer)
    assert dues.of_deal(deal.pk) == []
    assert ledger_check() == ""
    made = PayoutAccount.objects.get(holder=BANK["holder"])
    assert visit(world.dean, reauthenticated=True).post("close_account", made.pk).status_code == 404
    assert (
        visit(make_administrator(), reauthenticated=True).post("close_account", made.pk).status_code
        == 302
    )
    made.refresh_from_db()
    assert made.status == "closed"

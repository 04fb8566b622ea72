"""A real loopback gateway, people and organisations, and what payments told upwards."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone

from brokers.payments import announcements, charges, payout_accounts, transfers
from brokers.payments import effects as rounds
from brokers.payments.bank_entries import Line
from brokers.payments.loopback import person
from brokers.payments.models import Charge, PayoutAccount, Transfer
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.files import uploads
from marketplace.money import Money
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.payments.loopback_client import connect
from tests.payments.loopback_fixtures import _catcher, _loopback, hook, loopback, post
from tests.together import at_once

__all__ = ["_catcher", "_loopback", "at_once", "hook", "loopback", "post"]

TEN_THOUSAND = Money(1_000_000, "CNY")
ONE_THOUSAND = Money(100_000, "CNY")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Announced:
    """What payments told upwards, in order."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def of(self, row: Any) -> list[str]:
        """Return the kinds told of `row`, once the outbox has run."""
        settle()
        return [kind for kind, key in self.told if key == str(row.pk)]


@pytest.fixture
def api(loopback):
    """A real client of the loopback gateway."""
    return connect(loopback.url)


@pytest.fixture(autouse=True)
def announced(monkeypatch) -> Announced:
    """Stand in for brokers.deals, which handles what is told upwards."""
    record = Announced()

    def hear(batch: list[Effect]) -> None:
        for effect in batch:
            (row,) = effect.payload.values()
            record.told.append((effect.kind.removeprefix("payments."), row))

    for kind in announcements.KINDS:
        monkeypatch.setitem(effects._handlers, kind, effects.Handler(hear, 1, kind))
    return record


def settle() -> None:
    """Run the outbox as often as it takes, as if the waiting times were over."""
    Effect.objects.filter(state=Effect.State.PENDING).update(next_attempt_at=timezone.now())
    effects.process_due()


@pytest.fixture
def make_user(db):
    def make(email: str = "", *, finance: bool = False, **memberships: Any) -> User:
        user = User.objects.create_user(email or f"{uuid.uuid4().hex[:8]}@example.org")
        if finance:
            user.groups.add(Group.objects.get_or_create(name="Finance")[0])
        for role, organisation in memberships.items():
            Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    return make


@pytest.fixture
def make_organisation(db):
    def make(kind: str = "enterprise", **fields: Any) -> Organisation:
        slug = fields.pop("slug", uuid.uuid4().hex[:12])
        return Organisation.objects.create(slug=slug, name_en=slug, kind=kind, **fields)

    return make


@pytest.fixture
def payer(make_organisation) -> Organisation:
    return make_organisation("enterprise")


@pytest.fixture
def collector(make_organisation, make_user) -> Organisation:
    """A university with a bank account."""
    university = make_organisation("university")
    payout_accounts.open_account(
        owner=university,
        gateway="bank",
        opened_by=make_user(owner=university),
        holder="A sample university",
        bank="A sample bank",
        number="6222020000001234",
    )
    return university


@pytest.fixture
def account(collector) -> PayoutAccount:
    """Its bank account."""
    return collector.payout_accounts.get()


@pytest.fixture
def media(settings, tmp_path) -> None:
    """Keep uploads in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def make_charge(payer, make_user):
    """Open a charge: `make_charge(Money(…))`, on the platform and Stripe unless told otherwise."""

    def make(amount: Money = TEN_THOUSAND, **fields: Any) -> Charge:
        defaults = {
            "reference": uuid.uuid4(),
            "gateway": "stripe",
            "payer": payer,
            "amount": amount,
            "description": "里程碑 1 · Milestone 1",
            "language": "zh-hans",
            "success_url": "http://127.0.0.1/paid/",
            "cancel_url": "http://127.0.0.1/cancelled/",
        }
        opened_by = fields.pop("opened_by", None) or make_user()
        return charges.open_charge(**{**defaults, **fields}, opened_by=opened_by)

    return make


@pytest.fixture
def make_paid_charge(make_charge, loopback):
    """Open a charge and pay it on the gateway's page."""

    def make(amount: Money = TEN_THOUSAND, **fields: Any) -> Charge:
        charge = make_charge(amount, **fields)
        person.pay(charges.start_checkout(charge=charge).url)
        return charges.refresh(charge_id=charge.pk)

    return make


@pytest.fixture
def make_payee(make_organisation, make_user, loopback):
    """Open an account with the loopback gateway and complete it."""

    def make(*, onboard: bool = True) -> PayoutAccount:
        owner = make_organisation("brokerage")
        account = payout_accounts.open_account(
            owner=owner, gateway="stripe", opened_by=make_user(owner=owner), country="HK"
        )
        if onboard:
            person.onboard(
                payout_accounts.onboarding_url(
                    account=account, refresh_url="http://x/again", return_url="http://x/done"
                )
            )
            account = payout_accounts.refresh(account_id=account.pk)
        return account

    return make


@pytest.fixture
def make_transfer(make_payee, make_paid_charge):
    """Order a transfer out of a paid charge; `settle()` carries it out."""

    def make(amount: Money = ONE_THOUSAND, **fields: Any) -> Transfer:
        charge = fields.pop("charge") if "charge" in fields else make_paid_charge()
        account = fields.pop("account", None) or make_payee()
        reference = fields.pop("reference", None) or uuid.uuid4()
        return transfers.request(
            reference=reference, account=account, amount=amount, charge=charge, **fields
        )

    return make


@pytest.fixture
def line(settings, tmp_path):
    """A line of a bank statement with its evidence: `line(Money(…), bank_reference=…)`."""
    settings.MEDIA_ROOT = tmp_path

    def make(amount: Money, **fields: Any) -> Line:
        upload = uploads.check(ContentFile(PDF, name="advice.pdf"))
        defaults = {"bank_reference": uuid.uuid4().hex, "booked_on": date(2026, 1, 5)}
        return Line(**{**defaults, **fields}, amount=amount, evidence=upload)

    return make


@pytest.fixture
def run_outbox():
    return settle


@pytest.fixture
def run_periodic():
    """Run the rounds of payments as if their time had come."""

    def run() -> None:
        rounds.look_after_open_charges()
        rounds.take_up_stuck_work()
        settle()

    return run


@pytest.fixture
def wait_until():
    def wait(condition) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not happen within ten seconds"
            time.sleep(0.05)

    return wait

"""What was given up about money is seen by finance, and sent again by a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from brokers.payments import effects as rounds
from brokers.payments.models import Charge, Transfer
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.deals.factories import World
from tests.factories import in_group, make_user
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def transfer(bank_only) -> Transfer:
    """A transfer that kills every worker."""
    world = World()
    world.open_accounts()
    deal = world.agreed(1_000_000)
    milestone = deal.agreements.get().milestones.get()
    world.pay(milestone)
    world.settle(milestone)
    found = Transfer.objects.order_by("pk")[0]
    long_ago = timezone.now() - timedelta(days=2)
    Transfer.objects.filter(pk=found.pk).update(state="requested", tried_at=long_ago)
    Transfer.objects.exclude(pk=found.pk).update(tried_at=timezone.now())
    Effect.objects.all().delete()
    effect = effects.enqueue("payments.transfer", {"transfer": str(found.pk)})
    Effect.objects.filter(pk=effect.pk).update(
        state="failed", last_error=effects.KILLED, attempts=effects.MAX_ATTEMPTS
    )
    found.refresh_from_db()
    return found


def test_no_round_takes_it_up_again(transfer: Transfer) -> None:
    rounds.take_up_stuck_work()
    assert Effect.objects.count() == 1
    Effect.objects.update(last_error="the gateway did not answer")
    rounds.take_up_stuck_work()
    assert Effect.objects.count() == 2, "an outage is over at some time: that is tried again"


def test_finance_sends_it_again(transfer: Transfer, visit) -> None:
    finance = visit(in_group(make_user(), "Finance"))
    page = text_of(finance.get("failures"))
    assert "Pay a payee" in page
    assert effects.KILLED in page
    effect = Effect.objects.get()
    assert finance.post("send_again", effect.pk).status_code == 302
    assert finance.post("send_again", effect.pk).status_code == 404
    effects.process_due()
    transfer.refresh_from_db()
    assert transfer.state == "by_hand"
    assert "Nothing was given up" in text_of(finance.get("failures"))


def test_others_neither_see_nor_send(transfer: Transfer, visit) -> None:
    keeper = transfer.payer.memberships.filter(role="owner")[0].user
    effect = Effect.objects.get()
    for person in (keeper, make_user()):
        assert visit(person).get("failures").status_code == 404
        assert visit(person).post("send_again", effect.pk).status_code == 404
    assert Effect.objects.get().state == "failed"
    finance = visit(in_group(make_user(), "Finance"))
    mail = Effect.objects.create(kind="notifications.email", state="failed")
    assert finance.post("send_again", mail.pk).status_code == 404, "it is not about money"
    mail.refresh_from_db()
    assert mail.state == "failed"
    assert Charge.objects.count() == 1

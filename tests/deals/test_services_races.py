"""Several workers at once: a payment and the amendment that changes it, exactly one of which is made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from brokers.deals import performance, versions
from brokers.deals.models import Agreement, Deal, DealEvent, Milestone
from brokers.payments.models import Charge
from tests.database_copy import connect
from tests.deals.amending import everybody, performing, propose, sign
from tests.deals.factories import World

__all__ = ["connect"]

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("copy of the database")]
WORKERS, ROUNDS = 8, 4


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """Stand in for pytest-django's transaction around a test: here `connect` gives a private copy."""


@pytest.fixture
def at_once(connect: Any) -> Any:
    """Return a function that calls several things at the same moment and returns what they said."""

    def run(*calls: Callable[[], Any]) -> list[str]:
        start = Barrier(len(calls))

        def work(call: Callable[[], Any]) -> str:
            with connect():
                start.wait()
                try:
                    return type(call()).__name__
                except ValidationError as refusal:
                    return refusal.messages[0]

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(work, calls))

    with connect():
        yield run


def test_a_payment_and_the_last_signature_are_never_both_made(at_once: Any) -> None:
    winners = set()
    for _round in range(ROUNDS):
        world = World()
        world.open_accounts()
        deal = performing(world)
        agreement = propose(world, deal)
        *first, last = everybody(agreement)
        sign(agreement, *first)
        old = Milestone.objects.get(agreement__deal=deal, agreement__version=1, position=2)

        def pay(old: Milestone = old, world: World = world) -> Charge:
            return performance.pay(milestone=old, gateway="bank", payer=world.buyer, return_url="/")

        def finish(agreement: Agreement = agreement, last: Any = last) -> Agreement:
            sign(agreement, last)
            return agreement

        said = at_once(*[pay, finish] * (WORKERS // 2))
        is_paid = Charge.objects.filter(reference=old.pk).exists()
        agreement = Agreement.objects.get(pk=agreement.pk)
        winners.add(is_paid)
        assert agreement.state == ("proposed" if is_paid else "signed")
        loser = "is being paid" if is_paid else "has replaced this milestone"
        assert sum(loser in text for text in said) == WORKERS // 2
        assert DealEvent.objects.filter(deal=deal, kind="amended").count() == (not is_paid)
        titles = [m.title for m in versions.milestones_of(Deal.objects.get(pk=deal.pk))]
        assert titles[1] == ("Milestone 2" if is_paid else "Part 1")
    assert winners

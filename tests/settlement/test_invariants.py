"""The invariants of money hold after every random step, and after what the machine once found."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.settlement.books import make_deal
from tests.settlement.machine import TEMPLATES, Money

STEPS = int(os.environ.get("INVARIANT_STEPS", "5000"))
PARTS = 4
STEPS_OF_A_RUN = 100
SETTINGS = settings(
    max_examples=-(-STEPS // PARTS // STEPS_OF_A_RUN),
    stateful_step_count=STEPS_OF_A_RUN,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


@pytest.fixture
def _django_db_helper(django_db_setup):
    """Stand in for pytest-django's transaction: each example has one of its own, in a copy."""


@pytest.mark.django_db
def test_a_claim_met_out_of_another_deal_comes_back_with_the_payout(connect):
    """What the machine above once found, step by step."""
    with connect():
        Money.payees = make_deal()
        machine = Money()
        try:
            machine.sign(TEMPLATES[1], TEMPLATES[1])
            machine.reserve(0, 3, None)
            machine.order_refund(machine.look_at_the_first_payment(0), 50)
            machine.reserve(1, 3, 432)
        finally:
            machine.teardown()


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_money_always_adds_up(connect, part):
    """Each part draws other events, so that several workers can share them."""
    with connect():
        Money.payees = make_deal()
        run_state_machine_as_test(seed(part)(Money), settings=SETTINGS)

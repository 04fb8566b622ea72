"""A worker that is killed while the gateway works: the money moves once, and the rows say so."""

import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from brokers.payments import refunds
from brokers.payments.models import Order
from marketplace.money import Money
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests.payments.loopback_process import KEY, SECRET
from tests.settlement.conftest import connect

__all__ = ["connect"]

WORK = "from marketplace.outbox import effects; effects.process_due()"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_database")]


@pytest.fixture
def _django_db_helper(django_db_setup):
    """Stand in for pytest-django's transaction around a test: here `connect` gives a private copy."""


@pytest.fixture
def own_database(connect):
    with connect() as own:
        yield own.settings_dict


@pytest.fixture
def worker(own_database, loopback):
    """Start a worker process on the private copy."""
    at, name = own_database, own_database["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{name}"
    settings = {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        "DATABASE_URL": url,
        "STRIPE_API_KEY": KEY,
        "STRIPE_API_BASE": loopback.url,
        "STRIPE_WEBHOOK_SECRET": SECRET,
    }
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", WORK]
    started = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(command, env={**os.environ, **settings}))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(timeout=10)


@pytest.mark.parametrize("kind", ["transfer", "refund"])
def test_killed_while_the_gateway_works(
    worker, loopback, wait_until, make_transfer, make_paid_charge, kind, announced
) -> None:
    make_paid_charge()
    if kind == "transfer":
        order = make_transfer(Money(7_000, "CNY"))
    else:
        order = refunds.request(
            reference=uuid.uuid4(),
            charge=make_paid_charge(),
            amount=Money(7_000, "CNY"),
            reason="late",
        )
    effect = Effect.objects.get(kind=f"payments.{kind}")
    Effect.objects.exclude(pk=effect.pk).delete()
    loopback.switch("faults", kind="delay", seconds=2, path=f"/v1/{kind}s")
    process = worker()
    wait_until(lambda: type(order).objects.filter(pk=order.pk, sent_at__isnull=False).exists())
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(timeout=10) == -signal.SIGKILL
    effect.refresh_from_db()
    assert effect.state == Effect.State.RUNNING
    assert effects.process_due() == 0, "its lease is not over"
    time.sleep(2.2)
    effects.process_due(now=timezone.now() + effects.LEASE + timedelta(seconds=1))
    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert len(loopback.list(f"{kind}s")) == 1
    assert announced.of(order) == [f"{kind}_paid"]

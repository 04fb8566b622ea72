from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.outbox import periodic
from marketplace.outbox.models import PeriodicRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(periodic, "_jobs", {})
    done: list[str] = []

    @periodic.every(timedelta(hours=1))
    def hourly() -> None:
        done.append("hourly")

    return done


def test_runs_once_per_interval(runs: list[str]) -> None:
    periodic.run_due()
    periodic.run_due()
    assert runs == ["hourly"]


def test_runs_again_after_the_interval(runs: list[str]) -> None:
    periodic.run_due()
    PeriodicRun.objects.update(last_run_at=timezone.now() - timedelta(hours=2))
    periodic.run_due()
    assert runs == ["hourly", "hourly"]


def test_failing_job_does_not_stop_the_others(runs: list[str]) -> None:
    @periodic.every(timedelta(hours=1))
    def broken() -> None:
        raise RuntimeError

    @periodic.every(timedelta(hours=1))
    def after() -> None:
        runs.append("after")

    periodic.run_due()
    assert runs == ["hourly", "after"]

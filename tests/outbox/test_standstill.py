"""What stands still is said, by a command too; what goes its way is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.outbox import effects, periodic, standstill
from marketplace.outbox.models import Effect, PeriodicRun

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(minutes=20)


@pytest.fixture(autouse=True)
def job(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One job that has just run; what it raises next is its `error`."""
    monkeypatch.setattr(periodic, "_jobs", {})
    raises: dict[str, Any] = {"error": None}

    @periodic.every(timedelta(minutes=5))
    def job() -> None:
        if raises["error"]:
            raise raises["error"]

    periodic.run_due()
    return raises


def run_again() -> None:
    PeriodicRun.objects.update(last_run_at=timezone.now() - timedelta(hours=1))
    periodic.run_due()


def mail(**fields: Any) -> None:
    Effect.objects.create(kind="notifications.email", **fields)


def said() -> str:
    return " ".join(standstill.sentences())


def test_nothing_is_said_of_what_goes_its_way(capsys: Any) -> None:
    mail()
    mail(state="done", finished_at=timezone.now())
    mail(attempts=3, next_attempt_at=timezone.now() - LONG_AGO)
    assert said() == ""
    call_command("outbox_check")
    assert "Nothing stands still." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "failed"}, "1 piece of work was given up."),
        ({"next_attempt_at": timezone.now() - LONG_AGO}, "1 piece of work has waited for more"),
    ],
)
def test_work_that_stands_still_is_counted(fields: Any, words: str) -> None:
    mail(**fields)
    assert words in said()
    with pytest.raises(CommandError, match=words):
        call_command("outbox_check")


def test_a_worker_that_is_silent() -> None:
    PeriodicRun.objects.update(last_run_at=timezone.now() - LONG_AGO)
    assert "No worker was heard of since" in said()
    PeriodicRun.objects.all().delete()
    assert "No worker has run yet" in said()


def test_a_job_that_fails_is_named_until_it_succeeds(job: dict[str, Any]) -> None:
    job["error"] = ValueError("out of paper")
    run_again()
    assert "fails: ValueError('out of paper')" in said()
    job["error"] = None
    run_again()
    assert said() == ""


def test_a_job_that_is_gone_fails_no_more(job: dict[str, Any]) -> None:
    PeriodicRun.objects.create(name="gone", last_run_at=timezone.now(), last_error="broken")
    assert said() == ""


def test_every_effect_says_what_it_does() -> None:
    assert all(str(handler.words) for handler in effects._handlers.values())
    assert effects.words(Effect(kind="notifications.email")) == "Send a mail"
    assert effects.words(Effect(kind="of.an.older.version")) == "of.an.older.version"

"""Jobs that run every so often; `PeriodicRun` makes several workers run each one once.

Jobs are idempotent and catch up: what a missed run would have done, the next one does.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from marketplace.outbox.models import PeriodicRun

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    function: Callable[[], object]
    interval: timedelta


_jobs: dict[str, Job] = {}


def every(interval: timedelta) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register the decorated function to run once per `interval`."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        _jobs[f"{function.__module__}.{function.__name__}"] = Job(function, interval)
        return function

    return register


def run_due() -> list[str]:
    """Run the jobs whose interval has passed; return their names. A failing job is logged and kept."""
    return [name for name, job in _jobs.items() if _claim(name, job) and _run(name, job)]


def failing() -> QuerySet[PeriodicRun]:
    """Return the jobs whose last run failed, by name."""
    return PeriodicRun.objects.filter(name__in=_jobs).exclude(last_error="").order_by("name")


def _claim(name: str, job: Job) -> bool:
    now = timezone.now()
    run, created = PeriodicRun.objects.get_or_create(name=name, defaults={"last_run_at": now})
    if created:
        return True
    return bool(
        PeriodicRun.objects.filter(
            name=name, last_run_at=run.last_run_at, last_run_at__lte=now - job.interval
        ).update(last_run_at=now)
    )


def _run(name: str, job: Job) -> bool:
    last_error = ""
    try:
        job.function()
    except Exception as error:
        logger.exception("periodic job %s failed", name)
        last_error = repr(error)
    PeriodicRun.objects.filter(name=name).update(last_error=last_error)
    return True

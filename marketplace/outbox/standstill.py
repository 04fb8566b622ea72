"""What stands still behind the site: work that was given up or comes late, jobs that fail, no worker."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect, PeriodicRun

LATE = timedelta(minutes=15)
"""No work is to wait for longer, and no worker to be silent: some jobs run every five minutes."""


def sentences() -> Iterator[str]:
    """Say what stands still, in the current language; nothing where all goes its way."""
    now = timezone.now()
    heard = PeriodicRun.objects.aggregate(at=Max("last_run_at"))["at"]
    if heard is None:
        yield _("No worker has run yet: nothing is mailed, found or paid out until one does.")
    elif heard < now - LATE:
        yield _(
            "No worker was heard of since %(when)s: nothing is mailed, found or paid out until one runs."
        ) % {"when": date_format(timezone.localtime(heard), "SHORT_DATETIME_FORMAT")}
    waiting = Effect.objects.filter(state=Effect.State.PENDING, attempts=0)
    if late := waiting.filter(next_attempt_at__lt=now - LATE).count():
        yield ngettext(
            "%(number)d piece of work has waited for more than a quarter of an hour.",
            "%(number)d pieces of work have waited for more than a quarter of an hour.",
            late,
        ) % {"number": late}
    if given_up := effects.given_up().count():
        yield ngettext(
            "%(number)d piece of work was given up.",
            "%(number)d pieces of work were given up.",
            given_up,
        ) % {"number": given_up}
    for run in periodic.failing():
        yield _("The job %(name)s fails: %(error)s") % {"name": run.name, "error": run.last_error}

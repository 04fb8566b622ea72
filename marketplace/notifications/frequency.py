"""How often a person is told by mail: at once, each morning, on Monday morning, where the person is."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

MORNING = time(8)
MONDAY = 0


class Frequency(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")
    OFF = "off", _("off")


GATHERED = (Frequency.DAILY, Frequency.WEEKLY)


def latest(frequency: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last moment up to `now` at which what happened before it was to be told."""
    if frequency not in GATHERED:
        return now
    here = now.astimezone(zone)
    morning = datetime.combine(here.date(), MORNING, zone)
    if morning > here:
        morning = datetime.combine(here.date() - timedelta(days=1), MORNING, zone)
    if frequency == Frequency.WEEKLY:
        back = timedelta(days=(morning.weekday() - MONDAY) % 7)
        morning = datetime.combine(morning.date() - back, MORNING, zone)
    return morning

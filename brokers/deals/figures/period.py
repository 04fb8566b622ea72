"""The months that figures are about, by the site's calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

MONTHS = 12
ZONE = ZoneInfo(settings.TIME_ZONE)


def months() -> list[date]:
    """Return the first days of the last `MONTHS` months, the current one last."""
    today = timezone.localdate(timezone=ZONE)
    last = today.year * 12 + today.month - 1
    return [date(*_split(last - back)) for back in reversed(range(MONTHS))]


def begin(day: date) -> datetime:
    """Return the moment at which `day` begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def since() -> datetime:
    """Return the moment from which figures count."""
    return begin(months()[0])


def end(month: date) -> datetime:
    """Return the moment at which the month that begins with `month` is over."""
    return begin(date(*_split(month.year * 12 + month.month)))


def _split(number: int) -> tuple[int, int, int]:
    return number // 12, number % 12 + 1, 1

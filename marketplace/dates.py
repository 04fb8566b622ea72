"""Days and moments as the reader writes them: on the clock of the site, in the language of the page."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime


def day(value: date) -> str:
    """Return the day of `value` in full; a moment's day is the one that the site's clock showed."""
    return date_format(_here(value), "DATE_FORMAT")


def short_day(value: date) -> str:
    """Return the day of `value` as short as tables want it."""
    return date_format(_here(value), "SHORT_DATE_FORMAT")


def minute(value: datetime) -> str:
    """Return the day and the time of `value`, to the minute."""
    return date_format(localtime(value), "SHORT_DATETIME_FORMAT")


def iso(value: date) -> str:
    """Return the day of `value` as machines read it."""
    return f"{_here(value):%Y-%m-%d}"


def _here(value: date) -> date:
    return localtime(value) if isinstance(value, datetime) else value

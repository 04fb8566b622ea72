"""Days and moments are told by the site's clock, in the reader's language."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from marketplace import dates

EVENING = datetime(2026, 5, 31, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "minute"),
    [
        ("en", "June 1, 2026", "June 1, 2026 01:30"),
        ("zh-hans", "2026年6月1日", "2026年6月1日 01:30"),
    ],
)
def test_days_and_minutes(language: str, day: str, minute: str) -> None:
    with translation.override(language):
        assert dates.day(EVENING) == dates.short_day(EVENING) == dates.day(date(2026, 6, 1)) == day
        assert dates.minute(EVENING) == minute
        assert dates.iso(EVENING) == "2026-06-01"

"""The time zones that a person can choose."""

from functools import cache
from zoneinfo import available_timezones

_CONTINENTS = (
    *("Africa", "America", "Antarctica", "Asia", "Atlantic"),
    *("Australia", "Europe", "Indian", "Pacific"),
)


@cache
def available() -> tuple[str, ...]:
    """Return the places that the time zone database knows, such as `Asia/Shanghai`, in order."""
    names = available_timezones()
    return tuple(sorted(name for name in names if name.partition("/")[0] in _CONTINENTS))

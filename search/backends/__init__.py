"""Search engines behind one contract, see `base.Backend`; the setting `SEARCH_BACKEND` names one."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from search.backends.base import Backend


def current() -> Backend:
    """Return the backend of the settings, opened once for each index folder."""
    return _opened(settings.SEARCH_BACKEND, Path(settings.SEARCH_INDEX_DIR))


@cache
def _opened(name: str, folder: Path) -> Backend:
    return import_string(name)(folder)

"""The content of the sample data, as written in `data/`."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

_FOLDER = Path(__file__).parent / "data"


@cache
def read(name: str) -> Any:
    """Return the content of `data/<name>.json`."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def day(offset: int | None) -> date | None:
    """Return the day `offset` days from today, negative for the past."""
    return None if offset is None else timezone.localdate() + timedelta(days=offset)


def bilingual(row: dict[str, Any], *fields: str) -> dict[str, str]:
    """Return `row`'s Chinese and English texts of `fields`."""
    names = [f"{field}_{language}" for field in fields for language in ("zh", "en")]
    return {name: row.get(name) or "" for name in names}

"""What people and machines type to see what happens, and how long an answer may take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 5.0
"""Generous: it catches what grows out of hand, on a machine that is busy with other things."""

SEARCHES = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "电" * 100_000,
    "battery " * 12_500,
    "!@#$%^&*()_+-=[]{};':\"\\|,.<>/?~`",
    '"unclosed AND (battery OR NOT *:* title:x^2 ~3 [a TO b]',
    "🔋🔋🔋",
    "\ud83d",
    "的",
    "the of and",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00%ff",
    "ﷺ" * 200,
    "é́́́" * 200,
    "\u202e\u200b\ufeff",
    '+ - = && || > < ! ( ) { } [ ] ^ " ~ * ? : \\ / AND OR NOT TO',
    "a-" * 5_000,
    "a/" * 5_000,
    "a." * 5_000,
    "电 " * 5_000,
    "（" * 1_000,
    "/ " * 1_000 + "x",
    "0" * 10_000,
    "ß" * 60,
    "ŉ" * 60,
]


@contextmanager
def soon() -> Iterator[None]:
    """Fail where the block takes long."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < SECONDS

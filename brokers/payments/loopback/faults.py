"""Fault switches: what a test makes go wrong, and how often.

`error` answers with a status before any work is done, `broken` does the same and lets the key replay it,
`drop` does the work and closes the connection without an answer, `delay` waits while the key is held.
"""

import threading
from dataclasses import dataclass

KINDS = ("error", "broken", "drop", "delay")


@dataclass
class Fault:
    """The next `times` calls of `method` on paths that begin with `path` go wrong."""

    kind: str
    path: str = "/v1/"
    method: str = "POST"
    status: int = 500
    seconds: float = 0.0
    times: int = 1


_armed: list[Fault] = []
_guard = threading.Lock()


def arm(fault: Fault) -> None:
    """Switch `fault` on, after those already armed."""
    with _guard:
        _armed.append(fault)


def clear() -> None:
    """Switch everything off."""
    with _guard:
        _armed.clear()


def trip(method: str, path: str) -> Fault | None:
    """Use up one turn of the first armed fault that fits this call, and return it."""
    with _guard:
        for fault in _armed:
            if fault.method == method and path.startswith(fault.path):
                fault.times -= 1
                if fault.times <= 0:
                    _armed.remove(fault)
                return fault
    return None

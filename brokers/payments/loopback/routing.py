"""Which function answers which method and path."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brokers.payments.loopback.errors import ApiError
from brokers.payments.loopback.params import Params
from brokers.payments.loopback.store import Store


@dataclass(frozen=True)
class Call:
    """One request: its parameters, the account it acts for ("" is the platform), where we live."""

    store: Store
    params: Params
    account: str
    base_url: str


Endpoint = Callable[..., dict[str, Any]]
_routes: list[tuple[str, re.Pattern[str], Endpoint]] = []


def route(method: str, path: str) -> Callable[[Endpoint], Endpoint]:
    """Register the decorated function for `path`, whose `{name}` parts become keyword arguments."""
    pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))

    def register(endpoint: Endpoint) -> Endpoint:
        _routes.append((method, pattern, endpoint))
        return endpoint

    return register


def match(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """Return the end point of a path and its arguments; raise a 404 when there is none."""
    for known, pattern, endpoint in _routes:
        if known == method and (found := pattern.fullmatch(path)):
            return endpoint, found.groupdict()
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}).", saved=False)

"""One API request from header to answer: key, faults, idempotency, end point, in one transaction."""

import hmac
import json
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from brokers.payments.loopback import (  # noqa: F401  the modules register their end points
    accounts,
    balances,
    checkout,
    events,
    faults,
    idempotency,
    payments,
    payouts,
    refunds,
    transfers,
)
from brokers.payments.loopback.errors import ApiError
from brokers.payments.loopback.expansion import expand, public
from brokers.payments.loopback.params import Params, decode
from brokers.payments.loopback.routing import Call, match
from brokers.payments.loopback.store import Store, new_id


class Dropped(Exception):
    """The work is done and the answer gets lost."""


@dataclass(frozen=True)
class Request:
    """What arrived: `target` is path and query, `headers` have lower-case names."""

    method: str
    target: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Api:
    """Answers requests from `store` for those who hold `api_key`."""

    store: Store
    api_key: str
    base_url: str

    def answer(self, request: Request) -> Answer:
        """Return the answer to `request`; raise `Dropped` when a fault loses it."""
        fault = None
        try:
            self.authenticate(request)
            fault = faults.trip(request.method, urlsplit(request.target).path)
            status, body, headers = self._keyed(request, fault)
        except ApiError as error:
            status, body, headers = error.status, json.dumps(error.body()), {}
        if fault and fault.kind == "drop":
            raise Dropped
        return Answer(status, body, headers | {"Request-Id": new_id("req")})

    def authenticate(self, request: Request) -> None:
        """Raise a 401 unless the request carries the API key."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.api_key}".encode()):
            raise ApiError(401, "Invalid API Key provided.", saved=False)

    def _keyed(
        self, request: Request, fault: faults.Fault | None
    ) -> tuple[int, str, dict[str, str]]:
        if fault and fault.kind == "error":
            raise _failure(fault)
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        account = request.headers.get("stripe-account", "")
        print_ = idempotency.fingerprint(request.method, request.target, account, request.body)
        with idempotency.running(key) if key else nullcontext():
            if fault and fault.kind == "delay":
                time.sleep(fault.seconds)
            with self.store.transaction():
                if key and (stored := idempotency.replay(self.store, key, print_)):
                    return *stored, {"Idempotent-Replayed": "true"}
            status, body, saved = self._attempt(request, fault, account)
            if key and saved:
                with self.store.transaction():
                    idempotency.remember(self.store, key, print_, status, body)
        return status, body, {}

    def _attempt(
        self, request: Request, fault: faults.Fault | None, account: str
    ) -> tuple[int, str, bool]:
        try:
            if fault and fault.kind == "broken":
                raise _failure(fault)
            with self.store.transaction():
                return 200, json.dumps(self._call(request, account)), True
        except ApiError as error:
            return error.status, json.dumps(error.body()), error.saved

    def _call(self, request: Request, account: str) -> dict[str, object]:
        parts = urlsplit(request.target)
        endpoint, arguments = match(request.method, parts.path)
        if account:
            self.store.get("account", account)
        tree = decode(parts.query if request.method == "GET" else request.body)
        params = Params(tree)
        paths = list(params.mapping("expand").values())
        body = endpoint(Call(self.store, params, account, self.base_url), **arguments)
        params.finish()
        return expand(self.store, public(body), paths)


def _failure(fault: faults.Fault) -> ApiError:
    kind = {409: "idempotency_error", 429: "invalid_request_error"}.get(fault.status, "api_error")
    return ApiError(fault.status, "This fault was switched on.", kind=kind)

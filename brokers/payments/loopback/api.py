"""One API request from header to answer: key, faults, idempotency, end point, in one transaction."""

import hmac
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from brokers.payments.loopback import (  # noqa: F401  the modules register their end points
    accounts,
    balances,
    checkout,
    disputes,
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
        """Replay the answer of the request's key, or do the work and let the key remember it."""
        if fault and fault.kind == "error":
            raise _failure(fault)
        key = _key(request)
        if not key:
            with self.store.transaction():
                return 200, self._call(request), {}
        with idempotency.running(key.text):
            if fault and fault.kind == "delay":
                time.sleep(fault.seconds)
            with self.store.transaction():
                if stored := idempotency.replay(self.store, key):
                    return *stored, {"Idempotent-Replayed": "true"}
            return 200, self._remembered(request, key, fault), {}

    def _remembered(
        self, request: Request, key: idempotency.Key, fault: faults.Fault | None
    ) -> str:
        try:
            with self.store.transaction():
                if fault and fault.kind == "broken":
                    raise _failure(fault)
                body = self._call(request)
                idempotency.remember(self.store, key, 200, body)
                return body
        except ApiError as error:
            if error.saved:
                with self.store.transaction():
                    idempotency.remember(self.store, key, error.status, json.dumps(error.body()))
            raise

    def _call(self, request: Request) -> str:
        parts = urlsplit(request.target)
        endpoint, arguments = match(request.method, parts.path)
        account = request.headers.get("stripe-account", "")
        if account:
            self.store.get("account", account)
        params = Params(decode(parts.query if request.method == "GET" else request.body))
        paths = list(params.mapping("expand").values())
        body = endpoint(Call(self.store, params, account, self.base_url), **arguments)
        params.finish()
        return json.dumps(expand(self.store, public(body), paths))


def _key(request: Request) -> idempotency.Key | None:
    text = request.headers.get("idempotency-key", "")
    if request.method != "POST" or not text:
        return None
    account = request.headers.get("stripe-account", "")
    return idempotency.Key(text, request.method, request.target, account, request.body)


def _failure(fault: faults.Fault) -> ApiError:
    kind = {409: "idempotency_error", 429: "invalid_request_error"}.get(fault.status, "api_error")
    return ApiError(fault.status, "This fault was switched on.", kind=kind)

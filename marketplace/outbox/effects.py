"""Enqueue effects, and process the due ones at least once each.

An effect is enqueued in the transaction that causes it. Processing leases rows by compare-and-set, so
two processors never hold the same row, and a row whose lease ran out (a killed worker) is due again, up
to `MAX_ATTEMPTS` times: what kills every worker must not be tried for ever.
Handlers are idempotent: `Effect.id` is the idempotency key of the outside call.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from marketplace.outbox.models import Effect

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 12
KILLED = "the worker ended while it was at it"
"""The error of an effect whose last attempt never came back."""
LONGEST_DELAY = timedelta(hours=1)


class GiveUp(Exception):
    """Raised by a handler when trying again cannot help; the effect fails at once."""


@dataclass(frozen=True)
class Handler:
    function: Callable[[list[Effect]], None]
    batch_size: int
    words: str | Promise


_handlers: dict[str, Handler] = {}


def handler(
    kind: str, words: str | Promise
) -> Callable[[Callable[[Effect], None]], Callable[[Effect], None]]:
    """Register the decorated function for single effects of `kind`; `words` say what it is to do."""

    def register(function: Callable[[Effect], None]) -> Callable[[Effect], None]:
        _handlers[kind] = Handler(lambda effects: function(effects[0]), 1, words)
        return function

    return register


def batch_handler(
    kind: str, words: str | Promise, *, size: int
) -> Callable[[Callable[[list[Effect]], None]], Callable[[list[Effect]], None]]:
    """Register the decorated function for up to `size` effects of `kind` at a time; see `handler`."""

    def register(function: Callable[[list[Effect]], None]) -> Callable[[list[Effect]], None]:
        _handlers[kind] = Handler(function, size, words)
        return function

    return register


def words(effect: Effect) -> str:
    """Say what `effect` is to do; one that nothing handles any more is named by its kind."""
    known = _handlers.get(effect.kind)
    return str(known.words) if known else effect.kind


def given_up() -> QuerySet[Effect]:
    """Return the effects that were given up, the latest first."""
    return Effect.objects.filter(state=Effect.State.FAILED).order_by("-finished_at", "pk")


def enqueue(kind: str, payload: dict[str, Any]) -> Effect:
    """Store one effect in the current transaction and wake a worker once it commits."""
    return enqueue_many(kind, [payload])[0]


def enqueue_many(kind: str, payloads: Sequence[dict[str, Any]]) -> list[Effect]:
    """Store one effect for each payload; see `enqueue`. Raises `LookupError` without a handler."""
    if kind not in _handlers:
        raise LookupError(f"no handler for effect {kind!r}")
    effects = Effect.objects.bulk_create(Effect(kind=kind, payload=p) for p in payloads)
    _wake_on_commit()
    return effects


def _wake_on_commit() -> None:
    from marketplace.outbox.tasks import process_outbox  # noqa: PLC0415  the task imports this module

    wake: Callable[[], object] = process_outbox.enqueue
    if not any(function == wake for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(wake)


def is_under_way(kind: str) -> bool:
    """Whether an effect of `kind` is due, or being processed."""
    states = (Effect.State.PENDING, Effect.State.RUNNING)
    return Effect.objects.filter(kind=kind, state__in=states).exists()


def send_again(effect: Effect) -> bool:
    """Make a failed `effect` due again, with all its attempts; return whether it was failed."""
    failed = Effect.objects.filter(pk=effect.pk, state=Effect.State.FAILED)
    changed = failed.update(
        state=Effect.State.PENDING, attempts=0, next_attempt_at=timezone.now(), finished_at=None
    )
    if changed:
        _wake_on_commit()
    return bool(changed)


def process_due(*, now: datetime | None = None) -> int:
    """Process every due effect, in order of creation; return how many were tried."""
    tried = 0
    while batch := _lease_batch(now or timezone.now()):
        tried += len(batch)
        _run(batch)
    return tried


def _lease_batch(now: datetime) -> list[Effect]:
    """Lease the oldest due effect and, where its handler takes batches, those of its kind after it."""
    _give_up_the_deadly(now)
    due = Effect.objects.filter(
        Q(state=Effect.State.PENDING, next_attempt_at__lte=now)
        | Q(state=Effect.State.RUNNING, leased_until__lt=now),
        kind__in=_handlers.keys(),
    )
    lease = uuid.uuid4()
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        first = due.first()
        if first is None:
            return []
        size = _handlers[first.kind].batch_size
        ids = list(due.filter(kind=first.kind).values_list("pk", flat=True)[:size])
        Effect.objects.filter(pk__in=ids).update(
            state=Effect.State.RUNNING,
            lease=lease,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    return list(Effect.objects.filter(lease=lease))


def _give_up_the_deadly(now: datetime) -> None:
    """Let effects fail whose last permitted attempt was never finished."""
    deadly = Effect.objects.filter(
        state=Effect.State.RUNNING, leased_until__lt=now, attempts__gte=MAX_ATTEMPTS
    )
    if deadly.exists():
        logger.error("effects given up after %s attempts that never ended", MAX_ATTEMPTS)
        _finish(deadly, state=Effect.State.FAILED, last_error=KILLED)


def _run(batch: list[Effect]) -> None:
    held = Effect.objects.filter(lease=batch[0].lease, state=Effect.State.RUNNING)
    try:
        _handlers[batch[0].kind].function(batch)
    except GiveUp as error:
        logger.error("effect %s given up: %s", batch[0], error)
        _finish(held, state=Effect.State.FAILED, last_error=str(error))
    except Exception as error:
        logger.exception("effect %s failed", batch[0])
        _retry_later(batch, held, repr(error))
    else:
        _finish(held, state=Effect.State.DONE, last_error="")


def _finish(held: Any, *, state: Effect.State, last_error: str) -> None:
    held.update(
        state=state,
        last_error=last_error,
        lease=None,
        leased_until=None,
        finished_at=timezone.now(),
    )


def _retry_later(batch: list[Effect], held: Any, error: str) -> None:
    now = timezone.now()
    for effect in batch:
        if effect.attempts >= MAX_ATTEMPTS:
            _finish(held.filter(pk=effect.pk), state=Effect.State.FAILED, last_error=error)
            continue
        delay = min(timedelta(seconds=2**effect.attempts), LONGEST_DELAY)
        held.filter(pk=effect.pk).update(
            state=Effect.State.PENDING,
            next_attempt_at=now + delay,
            last_error=error,
            lease=None,
            leased_until=None,
        )

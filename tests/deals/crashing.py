"""Processes that die: before and after every commit and every call of the gateway, each once.

A piece of work (what a person does, or one effect) is begun again after each death and gets one point
farther every time. What a death leaves is what the database and the gateway have by then.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from marketplace.outbox import effects
from marketplace.outbox.models import Effect

WRITES = ("INSERT", "UPDATE", "DELETE")


class Death(BaseException):
    """Nothing catches it, as nothing catches a kill -9."""


@dataclass
class Deaths:
    """Where processes have died so far; `on` says whether they do."""

    connection: BaseDatabaseWrapper
    on: bool = False
    points: set[tuple[str, int, str]] = field(default_factory=set)
    _work: str = ""
    _passed: int = 0

    def begin(self, work: str) -> None:
        """Begin the piece of work that is called `work`, anew or for the first time."""
        self._work, self._passed = work, 0

    def survive(self, work: str, do: Callable[[], Any]) -> None:
        """Have `work` done by one process after the other until one of them lives."""
        while True:
            self.begin(work)
            try:
                do()
            except Death:
                self.connection.close()
            else:
                return

    def pass_point(self, name: str) -> None:
        """Die here if nobody has died here at this work before."""
        if not self.on or not self._work:
            return
        self._passed += 1
        point = (self._work, self._passed, name)
        if point not in self.points:
            self.points.add(point)
            raise Death(point)

    def run_outbox(self) -> None:
        """Run workers, as if all leases and pauses were over, until no effect is left to be done."""
        waiting = Effect.objects.exclude(state=Effect.State.DONE)
        while waiting.exists():
            self.begin("")
            waiting.update(next_attempt_at=timezone.now(), leased_until=timezone.now())
            self.survive("", effects.process_due)
            failed = waiting.filter(state=Effect.State.FAILED)
            assert not failed.exists(), list(failed.values("kind", "last_error"))
        self.begin("")


@contextmanager
def dying(connection: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deaths]:
    """Have every commit on `connection`, call of the gateway and effect of money pass a point."""
    deaths = Deaths(connection)
    commit, ask = connection._commit, stripe.RequestsClient.request
    lease, run = effects._lease_batch, effects._run

    def committing() -> None:
        try:
            deaths.pass_point("before a commit")
        except Death:
            connection.connection.rollback()
            raise
        commit()
        deaths.pass_point("after a commit")

    def writing(execute: Any, sql: str, *arguments: Any) -> Any:
        if connection.in_atomic_block or not sql.startswith(WRITES):
            return execute(sql, *arguments)
        deaths.pass_point("before a write")
        result = execute(sql, *arguments)
        deaths.pass_point("after a write")
        return result

    def asking(self: Any, method: str, *arguments: Any, **options: Any) -> Any:
        deaths.pass_point(f"before {method}")
        answer = ask(self, method, *arguments, **options)
        deaths.pass_point(f"after {method}")
        return answer

    def leasing(now: Any) -> list[Effect]:
        done = Effect.objects.filter(state=Effect.State.DONE).count()
        deaths.begin(f"lease after {done}")
        return lease(now)

    def running(batch: list[Effect]) -> None:
        about_money = batch[0].kind.startswith(("payments.", "deals."))
        deaths.begin(str(batch[0].pk) if about_money else "")
        run(batch)

    monkeypatch.setattr(connection, "_commit", committing)
    monkeypatch.setattr(stripe.RequestsClient, "request", asking)
    monkeypatch.setattr(effects, "_lease_batch", leasing)
    monkeypatch.setattr(effects, "_run", running)
    monkeypatch.setattr(effects, "MAX_ATTEMPTS", 1_000)
    with connection.execute_wrapper(writing):
        yield deaths

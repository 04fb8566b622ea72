"""When the embedded index stands in, with servers that count what they are asked."""

import threading
from typing import Any

import pytest

from search.backends.base import Filters, Found, Unavailable
from search.backends.failover import PAUSE, Failover

ALL = Filters()


class Answering:
    """An index that answers, or not, and knows how often it was asked."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.is_down = False
        self.asked = 0

    def retrieve(self, *_args: Any, **_kwargs: Any) -> Found:
        self.asked += 1
        if self.is_down:
            raise Unavailable("gone")
        return Found((), self.total)


SERVER, EMBEDDED = 1, 2


def ask(failover: Failover) -> int:
    return failover.retrieve(None, filters=ALL, limit=1).total


def test_a_server_that_answers_is_asked() -> None:
    failover = Failover(Answering(SERVER), Answering(EMBEDDED))  # type: ignore[arg-type]
    assert ask(failover) == SERVER
    assert not failover.is_open


def test_one_question_finds_out_and_the_others_do_not_wait() -> None:
    server = Answering(SERVER)
    server.is_down = True
    failover = Failover(server, Answering(EMBEDDED))  # type: ignore[arg-type]
    assert [ask(failover) for _ in range(5)] == [EMBEDDED] * 5
    assert server.asked == 1
    assert failover.is_open


def test_after_a_pause_one_question_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.backends.failover.PAUSE", 0)
    server = Answering(SERVER)
    server.is_down = True
    failover = Failover(server, Answering(EMBEDDED))  # type: ignore[arg-type]
    assert ask(failover) == EMBEDDED
    assert ask(failover) == EMBEDDED
    assert server.asked == 2
    server.is_down = False
    assert ask(failover) == SERVER
    assert not failover.is_open


def test_while_one_question_tries_the_others_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("search.backends.failover.time.monotonic", lambda: now)
    server, tried, answer = Answering(SERVER), threading.Event(), threading.Event()
    failover = Failover(server, Answering(EMBEDDED))  # type: ignore[arg-type]
    server.is_down = True
    ask(failover)
    now = PAUSE + 1

    def hang(*_args: Any, **_kwargs: Any) -> Found:
        tried.set()
        answer.wait()
        return Found((), SERVER)

    server.retrieve = hang  # type: ignore[method-assign]
    first: list[int] = []
    trying = threading.Thread(target=lambda: first.append(ask(failover)))
    trying.start()
    tried.wait()
    assert ask(failover) == EMBEDDED
    answer.set()
    trying.join()
    assert first == [SERVER]


def test_a_mistake_of_ours_is_not_hidden() -> None:
    class Mistaken:
        def retrieve(self, *_args: Any, **_kwargs: Any) -> Found:
            raise ValueError("no such page")

    failover = Failover(Mistaken(), Answering(EMBEDDED))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no such page"):
        ask(failover)
    assert not failover.is_open

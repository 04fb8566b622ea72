"""Several requests and workers at the same moment: one decision, one message."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.http import QueryDict

from marketplace.notifications.models import Notification
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from search import backends, decisions, indexing
from search.alerts import looking, watches
from search.models import Finding, MatchDecision
from tests import factories
from tests.database_copy import connect

__all__ = ["connect"]

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("copy of the database")]
WORKERS = 6
AtOnce = Callable[..., list[Any]]


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """Stand in for pytest-django's transaction around a test: here `connect` gives a private copy."""


@pytest.fixture
def at_once(connect: Any) -> Iterator[AtOnce]:
    """Return a function that calls something from several workers at the same moment."""

    def run(call: Callable[[], Any]) -> list[Any]:
        start = Barrier(WORKERS)

        def work(_number: int) -> Any:
            with connect():
                start.wait()
                return call()

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(work, range(WORKERS)))

    with connect():
        yield run


def test_a_decision_that_comes_several_times_at_once_is_stored_once(at_once: AtOnce) -> None:
    need, result = factories.make_need(), factories.make_result()
    user = need.author
    made = at_once(
        lambda: decisions.decide(need=need, result=result, verdict="accepted", by=user, match={}).pk
    )
    assert len(set(made)) == 1
    taken_back = at_once(
        lambda: decisions.take_back(decision=MatchDecision.objects.get(pk=made[0]), by=user).pk
    )
    assert len(set(taken_back)) == 1
    assert MatchDecision.objects.count() == 2


def test_a_watch_that_is_started_several_times_at_once_is_one(at_once: AtOnce) -> None:
    need = factories.make_need()
    at_once(
        lambda: watches.watch_listing(listing=need, user=need.author, frequency="daily") and None
    )
    assert need.author.watches.count() == 1


def test_workers_that_tell_the_same_at_once_tell_it_once(
    at_once: AtOnce, settings: LazySettings
) -> None:
    """Of two watches that found the same listing, and for one watch twice."""
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    user = factories.make_user()
    for query in ("kind=result", "q=Sample"):
        watches.save_search(data=QueryDict(query), user=user, name=query, frequency="at_once")
    result = factories.make_result(live=True)
    indexing.write(backends.EMBEDDED, [f"result:{result.pk}"])
    Effect.objects.all().delete()
    for _twice in range(2):
        looking.look([f"result:{result.pk}"])
    assert Effect.objects.filter(kind=looking.TELL).count() == 4
    assert Finding.objects.count() == 2
    at_once(effects.process_due)
    assert not Effect.objects.exclude(state=Effect.State.DONE).exists()
    assert Notification.objects.filter(recipient=user).count() == 1
    assert len(mail.outbox) == 1

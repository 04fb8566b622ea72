from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.outbox import effects
from marketplace.outbox.models import Effect

pytestmark = pytest.mark.django_db


class Outside:
    """Stands for the world outside the database: remembers what reached it, fails when told to."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.batches: list[int] = []
        self.error: Exception | None = None

    def one(self, effect: Effect) -> None:
        if self.error:
            raise self.error
        self.received.append(effect.payload["name"])

    def many(self, batch: list[Effect]) -> None:
        self.batches.append(len(batch))
        for effect in batch:
            self.one(effect)


@pytest.fixture
def outside() -> Iterator[Outside]:
    world = Outside()
    effects.handler("test.one", "do one")(world.one)
    effects.batch_handler("test.many", "do many", size=3)(world.many)
    yield world
    for kind in ("test.one", "test.many"):
        del effects._handlers[kind]


def test_effect_reaches_the_outside_once(outside: Outside) -> None:
    effect = effects.enqueue("test.one", {"name": "a"})
    assert effects.process_due() == 1
    assert effects.process_due() == 0
    effect.refresh_from_db()
    assert (effect.state, effect.attempts, outside.received) == (Effect.State.DONE, 1, ["a"])


def test_rolled_back_change_has_no_effect(outside: Outside) -> None:
    with transaction.atomic():
        effects.enqueue("test.one", {"name": "a"})
        transaction.set_rollback(True)
    assert effects.process_due() == 0
    assert outside.received == []


def test_order_of_creation_is_kept(outside: Outside) -> None:
    for name in "abc":
        effects.enqueue("test.one", {"name": name})
    effects.process_due()
    assert outside.received == ["a", "b", "c"]


def test_batches_are_filled_and_bounded(outside: Outside) -> None:
    effects.enqueue_many("test.many", [{"name": str(n)} for n in range(7)])
    effects.process_due()
    assert outside.batches == [3, 3, 1]


def test_failure_is_retried_later_with_growing_delay(outside: Outside) -> None:
    outside.error = ConnectionError("refused")
    effect = effects.enqueue("test.one", {"name": "a"})
    effects.process_due()
    effect.refresh_from_db()
    assert effect.state == Effect.State.PENDING
    assert "refused" in effect.last_error
    assert effects.process_due() == 0, "not before its time"
    first_delay = effect.next_attempt_at - timezone.now()
    effects.process_due(now=timezone.now() + timedelta(minutes=1))
    effect.refresh_from_db()
    assert effect.next_attempt_at - timezone.now() > first_delay

    outside.error = None
    effects.process_due(now=timezone.now() + timedelta(minutes=5))
    effect.refresh_from_db()
    assert (effect.state, outside.received) == (Effect.State.DONE, ["a"])


def test_gives_up_after_the_last_attempt(outside: Outside) -> None:
    outside.error = ConnectionError("refused")
    effect = effects.enqueue("test.one", {"name": "a"})
    for hour in range(effects.MAX_ATTEMPTS + 3):
        effects.process_due(now=timezone.now() + timedelta(hours=2 * hour))
    effect.refresh_from_db()
    assert (effect.state, effect.attempts) == (Effect.State.FAILED, effects.MAX_ATTEMPTS)


def test_give_up_fails_at_once(outside: Outside) -> None:
    outside.error = effects.GiveUp("no such account")
    effect = effects.enqueue("test.one", {"name": "a"})
    effects.process_due()
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == (Effect.State.FAILED, "no such account")


def test_one_failure_does_not_hold_up_the_others(outside: Outside) -> None:
    effects.enqueue("test.one", {})
    effects.enqueue("test.one", {"name": "b"})
    effects.process_due()
    assert outside.received == ["b"]


def test_row_of_a_killed_worker_is_due_again_after_its_lease(outside: Outside) -> None:
    effect = effects.enqueue("test.one", {"name": "a"})
    leased = effects._lease_batch(timezone.now())
    assert [e.pk for e in leased] == [effect.pk]
    assert effects.process_due() == 0, "another worker holds it"
    later = timezone.now() + effects.LEASE + timedelta(seconds=1)
    assert effects.process_due(now=later) == 1
    assert outside.received == ["a"]


def test_late_finish_of_a_lost_lease_changes_nothing(outside: Outside) -> None:
    effects.enqueue("test.one", {"name": "a"})
    stale = effects._lease_batch(timezone.now())
    effects.process_due(now=timezone.now() + effects.LEASE + timedelta(seconds=1))
    outside.error = ConnectionError("late")
    effects._run(stale)
    assert Effect.objects.get().state == Effect.State.DONE


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(LookupError):
        effects.enqueue("test.unknown", {})
    assert not Effect.objects.exists()


def test_what_kills_every_worker_is_given_up_and_sent_again_by_a_person(outside: Outside) -> None:
    effect = effects.enqueue("test.one", {"name": "deadly"})
    other = effects.enqueue("test.one", {"name": "harmless"})
    now = timezone.now()
    for attempt in range(1, effects.MAX_ATTEMPTS + 1):
        leased = effects._lease_batch(now)
        assert [one.pk for one in leased] == [effect.pk], attempt
        now += effects.LEASE + timedelta(seconds=1)
    effects.process_due(now=now)
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == (Effect.State.FAILED, effects.KILLED)
    assert outside.received == ["harmless"], "it stands in nobody's way any more"
    assert effects.process_due(now=now + timedelta(days=30)) == 0
    assert effects.send_again(effect)
    assert not effects.send_again(effect), "a second click changes nothing"
    assert not effects.send_again(other)
    effects.process_due(now=now)
    effect.refresh_from_db()
    assert (effect.state, outside.received) == (Effect.State.DONE, ["harmless", "deadly"])

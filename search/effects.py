"""The index writes that the outbox carries, and the jobs that keep the index and its tables fresh."""

from datetime import timedelta

from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect
from search import indexing


@effects.batch_handler(indexing.EFFECT, size=200)
def index(batch: list[Effect]) -> None:
    """Write the current state of the listings named in `batch`; a busy index is tried again later."""
    indexing.write({effect.payload["key"] for effect in batch})


@periodic.every(timedelta(hours=1))
def mend_index() -> None:
    """Have written whatever the index lacks, holds in an old state, or should not hold."""
    indexing.enqueue(indexing.drift().keys)


@periodic.every(timedelta(days=1))
def refresh_demand() -> None:
    indexing.fit_demand()

"""The index writes, the questions and the alerts that the outbox carries, and the jobs that keep them up
to date.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect
from search import asking, backends, indexing, pairs
from search.alerts import digests, looking, telling
from search.backends.base import Unavailable
from search.embeddings import vectors

logger = logging.getLogger(__name__)


def _writer(engine: str) -> Callable[[list[Effect]], None]:
    def write(batch: list[Effect]) -> None:
        """Write the current state of the listings in `batch`; a busy index is tried again later."""
        indexing.write(engine, {effect.payload["key"] for effect in batch})
        if engine == backends.EMBEDDED:
            looking.enqueue([e.payload["key"] for e in batch if e.payload.get("is_published")])

    return write


for _engine in backends.NAMES:
    effects.batch_handler(
        indexing.effect_of(_engine), _("Write listings to the search index"), size=200
    )(_writer(_engine))


@effects.batch_handler(asking.KIND, _("Prepare how a listing is matched"), size=asking.BATCH)
def keep_questions(batch: list[Effect]) -> None:
    """Make the questions of the listings in `batch`; an index that does not answer is asked later."""
    asking.keep({effect.payload["key"] for effect in batch})


@periodic.every(timedelta(minutes=10))
def renew_questions() -> None:
    try:
        asking.enqueue_outdated()
    except Unavailable as error:
        logger.warning("no questions are made: %s", error)


@effects.batch_handler(looking.LOOK, _("Show a new listing to all watches"), size=200)
def look(batch: list[Effect]) -> None:
    """Show the listings in `batch` to all watches; one that the index lacks is tried again later."""
    looking.look({effect.payload["key"] for effect in batch})


@effects.handler(looking.TELL, _("Tell somebody what a watch has found"))
def tell(effect: Effect) -> None:
    """Tell the person of the watch in `effect` what it has found."""
    telling.tell(watch=effect.payload["watch"], effect=effect.pk)


@periodic.every(timedelta(minutes=5))
def send_digests() -> None:
    digests.enqueue_due()


@effects.batch_handler(vectors.KIND, _("Fetch the meaning of listings"), size=vectors.BATCH)
def fetch_vectors(batch: list[Effect]) -> None:
    """Fetch the vectors of the listings in `batch`; an endpoint that fails is asked again later."""
    vectors.refresh({effect.payload["key"] for effect in batch})


@periodic.every(timedelta(minutes=10))
def fetch_missing_vectors() -> None:
    vectors.enqueue_missing()


@periodic.every(timedelta(hours=1))
def mend_indices() -> None:
    """Have written whatever an index lacks, holds in an old state, or should not hold."""
    for engine, backend in backends.written().items():
        try:
            indexing.mend(engine, indexing.drift_of(backend))
        except Unavailable as error:
            logger.warning("the index of %s cannot be checked: %s", engine, error)


@periodic.every(timedelta(hours=1))
def refresh_pairs() -> None:
    pairs.refresh()


@periodic.every(timedelta(days=1))
def refresh_demand() -> None:
    indexing.fit_demand()


@periodic.every(timedelta(days=1))
def refresh_vocabulary() -> None:
    indexing.fit_vocabulary()

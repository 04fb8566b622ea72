"""The search server dies, hangs or is gone, for real: the site stays up and nothing is lost."""

import io
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.outbox.models import Effect
from search import backends, effects, indexing
from search.backends import failover
from search.backends.base import Backend, Filters, Unavailable
from search.documents import Document
from tests import factories
from tests.elasticsearch.node import Node
from tests.servers import free_port

pytestmark = pytest.mark.django_db
Work = Callable[..., int]
NOTICE = "The search server does not answer"


@pytest.fixture(autouse=True)
def impatient(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ELASTICSEARCH_TIMEOUT = 1.5
    monkeypatch.setattr(failover, "PAUSE", 3.0)


@pytest.fixture
def server(elasticsearch: Node) -> Iterator[Backend]:
    """The engine on the server, which runs again after the test."""
    yield backends.written()[backends.SERVER]
    elasticsearch.start()


def page(client: Client, **parameters: str) -> str:
    response = client.get(reverse("search:results"), parameters)
    assert response.status_code == 200
    return response.content.decode()


def keys(backend: Backend) -> set[str]:
    return {hit.key for hit in backend.retrieve(None, filters=Filters(), limit=1_000).hits}


def drifts() -> list[tuple[str, ...]]:
    return [indexing.drift_of(backend).keys for backend in backends.written().values()]


def later() -> Any:
    return timezone.now() + timedelta(minutes=10)


def test_without_the_server_pages_stay_up_say_so_and_answer_and_nothing_is_lost(
    client: Client, elasticsearch: Node, server: Backend, work: Work
) -> None:
    need = factories.make_need(title_zh="废旧锂电池回收", live=True)
    withdrawn = factories.make_result(title_zh="旧电池", live=True)
    work()
    assert NOTICE not in page(client, q="电池")
    elasticsearch.kill()

    posted = factories.make_result(title_zh="锂电池回收", live=True)
    withdrawn.delete()
    work()
    html = page(client, q="锂电池回收")
    assert NOTICE in html
    assert posted.get_absolute_url() in html
    assert NOTICE in page(client)
    for listing, other in ((posted, need), (need, posted)):
        shown = client.get(listing.get_absolute_url())
        assert shown.status_code == 200
        assert other.get_absolute_url() in shown.content.decode(), "matches go on"
    pending = Effect.objects.filter(kind__startswith="search.", state=Effect.State.PENDING)
    assert {effect.kind for effect in pending} == {indexing.effect_of(backends.SERVER)}

    elasticsearch.start()
    work(now=later())
    assert keys(server) == {f"need:{need.pk}", f"result:{posted.pk}"}
    assert drifts() == [(), ()]
    time.sleep(failover.PAUSE)
    assert NOTICE not in page(client, q="锂电池")


def test_a_server_that_hangs_holds_up_one_question_only(
    client: Client, elasticsearch: Node, work: Work
) -> None:
    factories.make_result(title_zh="锂电池回收", live=True)
    work()
    page(client, q="电池")
    with elasticsearch.frozen():
        started = time.monotonic()
        assert NOTICE in page(client, q="电池")
        assert time.monotonic() - started < 5, "one time-out, not one for each question"
        started = time.monotonic()
        assert NOTICE in page(client, q="电池")
        assert time.monotonic() - started < 1.5, "none"
    time.sleep(failover.PAUSE)
    assert NOTICE not in page(client, q="电池")


def test_a_server_killed_in_the_middle_of_a_write_loses_nothing(
    elasticsearch: Node, server: Backend, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = factories.make_result(live=True)
    work()
    after = [factories.make_need(live=True), factories.make_result(live=True)]
    read = indexing.eligibility.by_key

    def killing(wanted: Any) -> Any:
        elasticsearch.kill()
        return read(wanted)

    monkeypatch.setattr(indexing.eligibility, "by_key", killing)
    work()
    monkeypatch.undo()
    elasticsearch.start()
    assert keys(server) == {f"result:{before.pk}"}
    work(now=later())
    assert keys(server) == {f"{listing.kind}:{listing.pk}" for listing in (before, *after)}
    assert drifts() == [(), ()]


def test_a_server_killed_in_the_middle_of_a_rebuild_keeps_the_whole_index(
    elasticsearch: Node, server: Backend
) -> None:
    server.rebuild(Document(f"old{n}", ["x"]) for n in range(10))

    def documents() -> Iterator[Document]:
        for n in range(1_500):
            if n == 1_200:
                elasticsearch.kill()
            yield Document(f"new{n}", ["x"])

    with pytest.raises(Unavailable):
        server.rebuild(documents())
    elasticsearch.start()
    assert keys(server) == {f"old{n}" for n in range(10)}
    server.rebuild(Document(f"again{n}", ["x"]) for n in range(5))
    assert keys(server) == {f"again{n}" for n in range(5)}


def test_an_index_that_was_lost_is_built_anew_as_a_whole(
    client: Client, elasticsearch: Node, work: Work
) -> None:
    known = factories.make_result(title_zh="锂电池回收", live=True)
    work()
    server = backends.written()[backends.SERVER]
    server.drop()  # type: ignore[attr-defined]
    assert known.get_absolute_url() in page(client, q="电池"), "the embedded index answers"
    factories.make_result(title_zh="电池", live=True)
    work()
    assert drifts() == [(), ()]
    assert len(keys(server)) == 2


def test_commands_say_that_the_server_is_gone_and_mend_what_they_can(
    settings: Any, work: Work
) -> None:
    settings.ELASTICSEARCH_URL = [f"http://127.0.0.1:{free_port()}"]
    embedded = backends.written()[backends.EMBEDDED]
    result = factories.make_result(live=True)
    work()
    embedded.rebuild([])
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("search_check", stdout=out)
    assert f"result:{result.pk}" in out.getvalue()
    assert "the search server does not answer" in out.getvalue()
    effects.mend_indices()
    work()
    assert keys(embedded) == {f"result:{result.pk}"}
    embedded.rebuild([])
    with pytest.raises(CommandError, match="does not answer"):
        call_command("search_rebuild", verbosity=0)
    assert keys(embedded) == {f"result:{result.pk}"}


def test_effects_of_a_server_that_the_settings_name_no_longer_are_done(
    settings: Any, elasticsearch: Node, work: Work
) -> None:
    factories.make_result(live=True)
    settings.ELASTICSEARCH_URL = []
    work()
    done = Effect.objects.filter(kind=indexing.effect_of(backends.SERVER)).values_list("state")
    assert list(done) == [(Effect.State.DONE,)]

import io
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from search import backends, indexing, lexicon
from search.backends.base import Backend, Filters
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
Work = Callable[..., int]


def run(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_rebuild_indexes_and_fits_the_tables(engine: Backend) -> None:
    for title in ("研发电池", "研发风机"):
        factories.make_need(title_zh=title, live=True)
    assert "2 listings are in the index" in run("search_rebuild")
    assert engine.retrieve(None, filters=Filters(), limit=1).total == 2
    assert lexicon.current().demand.needs == 2


def test_one_engine_is_rebuilt_alone(engine: Backend, each_engine: str) -> None:
    factories.make_result(live=True)
    run("search_rebuild", "--backend", each_engine)
    others = [other for name, other in backends.written().items() if name != each_engine]
    assert indexing.drift_of(engine).keys == ()
    assert all(indexing.drift_of(other).missing for other in others)


def test_an_engine_that_the_settings_do_not_name_is_refused(settings: LazySettings) -> None:
    settings.ELASTICSEARCH_URL = []
    with pytest.raises(CommandError, match="name no elasticsearch"):
        run("search_rebuild", "--backend", "elasticsearch")


def test_check_reports_and_fails_on_drift(engine: Backend, work: Work) -> None:
    result = factories.make_result(live=True)
    with pytest.raises(SystemExit) as stopped:
        run("search_check")
    assert stopped.value.code == 1
    work()
    assert "missing: 0" in run("search_check")
    type(result).objects.update(live=False)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("search_check", stdout=out)
    assert f"result:{result.pk}" in out.getvalue()


def test_check_mends_through_the_worker(engine: Backend, work: Work) -> None:
    factories.make_result(live=True)
    work()
    engine.rebuild([])
    assert "handed to the worker: 1" in run("search_check", "--mend")
    assert indexing.drift_of(engine).keys, "the command itself writes nothing"
    work()
    assert indexing.drift_of(engine).keys == ()

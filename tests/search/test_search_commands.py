import io
from collections.abc import Callable

import pytest
from django.core.management import call_command

from search import indexing, lexicon
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

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.listings import lifecycle
from marketplace.listings.models import IpRight, NeedMetric
from marketplace.outbox.models import Effect
from search import backends, demand, documents, indexing, lexicon
from search.backends.base import Backend, Busy, Filters, Tally
from search.facets import FACETS
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]
Work = Callable[..., int]


def indexed(engine: Backend) -> set[str]:
    return {hit.key for hit in engine.retrieve(None, filters=Filters(), limit=100).hits}


def holds(engine: Backend, *terms: str) -> list[int]:
    frequencies = engine.statistics(terms).frequencies
    return [frequencies[term] for term in terms]


def edit(listing: Any, **fields: Any) -> Any:
    copy = lifecycle.working_copy(listing)
    for name, value in fields.items():
        setattr(copy, name, value)
    lifecycle.save_draft(copy, author=listing.author)
    return type(listing).objects.get(pk=listing.pk)


def test_publish_edit_and_withdraw_reach_the_index(engine: Backend, work: Work) -> None:
    result = factories.make_result(title_zh="锂电池")
    need = factories.make_need(title_zh="风机", live=True)
    work()
    assert indexed(engine) == {f"need:{need.pk}"}

    factories.publish(result)
    work()
    assert indexed(engine) == {f"need:{need.pk}", f"result:{result.pk}"}

    result = edit(result, title_zh="换热器")
    work()
    assert holds(engine, "锂电", "换热") == [1, 0], "a draft stays hidden"
    factories.publish(result)
    work()
    assert indexed(engine) == {f"need:{need.pk}", f"result:{result.pk}"}

    result.refresh_from_db()
    lifecycle.withdraw(result, author=result.author)
    work()
    assert indexed(engine) == {f"need:{need.pk}"}
    assert indexing.drift_of(engine).keys == ()


def test_a_listing_that_expires_leaves_the_index(engine: Backend, work: Work) -> None:
    result = factories.make_result(live=True)
    work()
    type(result).objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    lifecycle.expire(result)
    work()
    assert indexed(engine) == set()


def test_a_deleted_listing_leaves_the_index(engine: Backend, work: Work) -> None:
    result = factories.make_result(live=True)
    work()
    result.delete()
    work()
    assert indexed(engine) == set()


def test_publishing_that_is_rolled_back_writes_nothing(engine: Backend, work: Work) -> None:
    result = factories.make_result()
    with transaction.atomic():
        factories.publish(result)
        transaction.set_rollback(True)
    assert not Effect.objects.filter(kind=indexing.effect_of(backends.chosen()))
    work()
    assert indexed(engine) == set()


def test_only_public_text_and_facts_are_indexed(engine: Backend, work: Work) -> None:
    factories.make_result(
        title_en="Visible",
        problem_en="canarymembers",
        details_en="canarynda",
        team_en="canaryprivate",
        advantage_en="canarypublic",
        tiers={"problem": 1, "details": 2, "team": 3, "ip_rights": 1},
        ip_rights=[IpRight(type=IpRight.Type.INVENTION)],
        live=True,
    )  # fmt: skip
    need = factories.make_need(
        title_en="Need", metrics=[NeedMetric(name_en="canarymetric", value="12 canaryvalue")]
    )
    factories.publish(edit(need, tiers={"metrics": 2}))
    work()
    closed = ["canarymemb", "canarynda", "canarypriv", "canarymetr", "canaryvalu"]
    assert holds(engine, *closed) == [0] * 5
    assert holds(engine, "canarymembers", "canaryprivate", "canarymetric") == [0] * 3
    assert holds(engine, "canarypubl") == [1]
    counted = engine.retrieve(None, filters=Filters(), limit=1, facets=["ip"]).tallies
    assert counted == {"ip": Tally(2, {})}


def test_an_anonymous_need_shows_nothing_of_its_organisation(engine: Backend, work: Work) -> None:
    factories.make_need(title_en="Named", live=True)
    factories.make_need(title_en="Hidden", anonymous=True, live=True)
    work()
    counted = engine.retrieve(
        None, filters=Filters(), limit=1, facets=["organisation_kind"]
    ).tallies
    assert counted == {"organisation_kind": Tally(2, {"university": 1})}


def test_facets_hold_the_public_facts(engine: Backend, work: Work) -> None:
    factories.make_result(
        title_zh="锂电池",
        industry=factories.make_industry("C3841"),
        region=factories.make_region("330106"),
        cooperation_modes=["licence", "equity"],
        trl=6,
        ip_rights=[IpRight(type=IpRight.Type.INVENTION), IpRight(type=IpRight.Type.INVENTION)],
        live=True,
    )
    work()
    chosen = Filters({"industry": ("C3841",), "region": ("330106",)})
    counted = engine.retrieve(None, filters=chosen, limit=1, facets=FACETS).tallies
    assert {name: tally.values for name, tally in counted.items()} == {
        "kind": {"result": 1},
        "industry": {"C": 1, "C38": 1, "C384": 1, "C3841": 1},
        "region": {"33": 1, "3301": 1, "330106": 1},
        "mode": {"licence": 1, "equity": 1},
        "organisation_kind": {"university": 1},
        "ip": {"invention_patent": 1},
        "trl": {"6": 1},
    }


def test_both_languages_and_metrics_are_found(engine: Backend, work: Work) -> None:
    factories.make_need(
        title_zh="锂电池",
        title_en="Lithium battery",
        metrics=[NeedMetric(name_zh="能量密度", value="180 Wh/kg")],
        live=True,
    )
    work()
    assert holds(engine, "锂电", "lithium", "密度", "wh_kg") == [1, 1, 1, 1]


def test_drift_is_found_told_apart_and_mended(engine: Backend, work: Work) -> None:
    kept, stale, missing, surplus = (factories.make_result(live=True) for _ in range(4))
    work()
    type(stale).objects.filter(pk=stale.pk).update(title_en="Changed behind the back")
    type(surplus).objects.filter(pk=surplus.pk).update(live=False)
    engine.write([f"result:{missing.pk}"], lambda: ())
    drift = indexing.drift_of(engine)
    assert drift.missing == (f"result:{missing.pk}",)
    assert drift.stale == (f"result:{stale.pk}",)
    assert drift.surplus == (f"result:{surplus.pk}",)
    indexing.enqueue(drift.keys)
    work()
    assert indexing.drift_of(engine).keys == ()
    assert indexed(engine) == {f"result:{pk}" for pk in (kept.pk, stale.pk, missing.pk)}


def test_a_worker_killed_in_the_middle_is_caught_up(engine: Backend, work: Work) -> None:
    for _ in range(3):
        factories.make_result(live=True)
    taken = Effect.objects.filter(kind__startswith="search.")
    taken.update(
        state=Effect.State.RUNNING, leased_until=timezone.now() + timedelta(minutes=5), attempts=1
    )
    assert work() == 0
    assert len(indexing.drift_of(engine).missing) == 3
    work(now=timezone.now() + timedelta(minutes=6))
    assert indexing.drift_of(engine).keys == ()


def test_a_busy_index_is_tried_again(engine: Backend, work: Work) -> None:
    factories.make_result(live=True)
    with mock.patch.object(type(engine), "write", side_effect=Busy("locked")):
        work()
    [effect] = Effect.objects.filter(kind=indexing.effect_of(backends.chosen()))
    assert effect.state == Effect.State.PENDING
    work(now=timezone.now() + timedelta(minutes=1))
    assert indexing.drift_of(engine).keys == ()


def test_the_state_at_writing_counts_not_that_at_enqueuing(engine: Backend, work: Work) -> None:
    result = factories.make_result(title_zh="锂电池", live=True)
    type(result).objects.filter(pk=result.pk).update(title_zh="换热器")
    work()
    assert holds(engine, "锂电", "换热") == [0, 1]


def test_a_rebuild_holds_what_is_published_and_catches_up(engine: Backend, work: Work) -> None:
    result, need = factories.make_result(live=True), factories.make_need(live=True)
    factories.make_result()

    moments = itertools.count()

    def publish_meanwhile(listings: Any) -> Any:
        yield from listings
        changed = {"title_en": f"Changed during the rebuild {next(moments)}"}
        type(result).objects.filter(pk=result.pk).update(**changed)

    indexing.rebuild(publish_meanwhile)
    assert indexed(engine) == {f"result:{result.pk}", f"need:{need.pk}"}
    assert indexing.drift_of(engine).stale == (f"result:{result.pk}",)
    work()
    assert indexing.drift_of(engine).keys == ()


def test_the_table_of_needs_is_fitted_saved_and_read_again() -> None:
    for title in ("研发电池", "研发风机", "研发叶片"):
        factories.make_need(title_zh=title, live=True)
    factories.make_need(title_zh="研发草稿")
    factories.make_result(title_zh="研发成果", live=True)
    assert lexicon.current().demand == demand.Demand()
    indexing.fit_demand()
    table = lexicon.current().demand
    assert table.needs == 3
    assert table.frequencies["研发"] == 3
    assert "电池" not in table.frequencies


def test_a_broken_table_counts_as_none(index_folder: Any) -> None:
    index_folder.mkdir(parents=True)
    (index_folder / "demand.json").write_text("{broken")
    assert demand.current() == demand.Demand()


@pytest.mark.parametrize("key", ["", "result", "result:", "result:x", "user:1", "result:1:2"])
def test_only_keys_of_listings_are_read(key: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        documents.parse_key(key)


def test_a_deadline_that_has_passed_is_drift(engine: Backend, work: Work) -> None:
    """Sorting by the next deadline looks at those to come only; the hourly check sees to it."""
    today = timezone.localdate()
    need = factories.make_need(deadline=today, live=True)
    work()
    assert indexing.drift_of(engine) == indexing.Drift()
    with mock.patch("search.documents.timezone.localdate", return_value=today + timedelta(1)):
        assert indexing.drift_of(engine).stale == (documents.key_of(need),)

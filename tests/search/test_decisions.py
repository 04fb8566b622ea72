"""Keeping and declining matches, as their readers do it on pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from marketplace.listings import lifecycle
from search import decisions, matching
from search.decisions import shown
from search.models import MatchDecision
from tests import factories, pages

pytestmark = pytest.mark.django_db
Work = Callable[..., int]
Verdict = MatchDecision.Verdict


def make_result(title: str, **fields: Any) -> Any:
    return factories.make_result(summary_en="", title_zh=title, live=True, **fields)


@pytest.fixture
def market(work: Work) -> Any:
    """A need with twelve results that fit it, each of an organisation of its own."""
    need = factories.make_need(summary_en="", title_zh="废旧锂电池回收工艺", live=True)
    results = [make_result(f"锂电池正极材料回收方法{n}") for n in range(12)]
    work()
    return need, results


@pytest.fixture
def reader(market: Any) -> Any:
    """A member of the organisation that posted the need."""
    return market[0].author


def browser_of(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def address(need: Any, result: Any) -> str:
    return f"/en/matches/{need.pk}-{result.pk}/"


def shown_on(page: Any) -> list[str]:
    return [link["href"] for link in pages.soup(page).select(".match .listing__title a")]


def offered(need: Any, result: Any, reader: Any) -> dict[str, Any]:
    """Return what the form of this match would send."""
    page = pages.soup(browser_of(reader).get(need.get_absolute_url()))
    form = page.find("form", action=address(need, result))
    return {field["name"]: field.get("value", "") for field in form.find_all("input")}


def decline(need: Any, result: Any, reader: Any, reason: str = "too_vague", **changed: Any) -> Any:
    data = {**offered(need, result, reader), "verdict": "declined", "reason": reason, **changed}
    return browser_of(reader).post(address(need, result), data, follow=True)


def test_a_declined_match_is_not_shown_to_that_reader_again(market: Any, reader: Any) -> None:
    need, results = market
    before = shown_on(browser_of(reader).get(need.get_absolute_url()))
    ranks = {
        m.listing: (m.rank, m.score) for m in matching.best_results(need, viewer=None or reader)
    }
    first = next(r for r in results if r.get_absolute_url() == before[0])
    answer = decline(need, first, reader)
    assert "not shown to you again" in pages.text_of(answer)
    after = shown_on(answer)
    assert len(before) == len(after) == 5
    assert after[:4] == before[1:]
    for match in matching.best_results(need, viewer=reader)[:9]:
        assert (match.rank, match.score) == ranks[match.listing]
    colleague = factories.add_member(need.organisation)
    for other in (colleague, AnonymousUser()):
        assert matching.best_results(need, viewer=other)[0].listing == first


def test_the_match_is_kept_as_the_page_showed_it(market: Any, reader: Any) -> None:
    """Listings that come, change or fall back afterwards do not change what was decided about."""
    need, results = market
    match = matching.best_results(need, viewer=reader)[0]
    data = offered(need, match.listing, reader)
    draft = lifecycle.working_copy(match.listing)
    draft.title_zh = "小麦育种"
    lifecycle.save_draft(draft, author=draft.author)
    factories.publish(match.listing)
    answer = browser_of(reader).post(
        address(need, match.listing), {**data, "verdict": "accepted"}, follow=True
    )
    text = pages.text_of(answer)
    assert "Kept" in text
    assert "has been changed since you read it" in text
    kept = MatchDecision.objects.get()
    assert (kept.verdict, kept.decided_by, kept.organisation) == (
        Verdict.ACCEPTED,
        reader,
        need.organisation,
    )
    assert kept.match["score"] == float(match.score)
    assert kept.match["rank"] == match.rank == 1
    assert kept.match["words"] == [str(word) for word in match.words]
    assert results


def test_a_match_of_a_listing_that_was_withdrawn_meanwhile_is_not_lost(
    market: Any, reader: Any
) -> None:
    need, results = market
    data = offered(need, results[0], reader)
    lifecycle.withdraw(results[0], author=results[0].author)
    answer = browser_of(reader).post(
        address(need, results[0]), {**data, "verdict": "accepted"}, follow=True
    )
    assert "taken it off the site" in pages.text_of(answer)
    page = browser_of(reader).get("/en/matches/")
    assert "has left the site" in pages.text_of(page)
    assert results[0].title not in pages.text_of(page)
    factories.publish(results[0])
    assert results[0].title in pages.text_of(browser_of(reader).get("/en/matches/"))


def test_the_newest_decision_holds(market: Any, reader: Any) -> None:
    need, results = market
    decline(need, results[0], reader)
    page = browser_of(reader).get("/en/matches/?show=declined")
    assert results[0].title in pages.text_of(page)
    assert "too vague to judge" in pages.text_of(page)
    [declined] = MatchDecision.objects.all()
    take_back = f"/en/matches/{declined.pk}/take-back/"
    for _twice in range(2):
        assert "Taken back" in pages.text_of(browser_of(reader).post(take_back, follow=True))
    verdicts = list(MatchDecision.objects.order_by("pk").values_list("verdict", flat=True))
    assert verdicts == [Verdict.DECLINED, Verdict.REOPENED]
    assert results[0] in {m.listing for m in matching.best_results(need, viewer=reader, limit=12)}
    data = {**offered(need, results[0], reader), "verdict": "accepted"}
    page = browser_of(reader).post(address(need, results[0]), data, follow=True)
    assert "You keep this match" in pages.text_of(page)
    assert MatchDecision.objects.earliest("pk").match == MatchDecision.objects.all()[1].match


def test_who_asked_for_more_matches_gets_as_many_after_a_decision(market: Any, reader: Any) -> None:
    need, results = market
    browser = browser_of(reader)
    for number in ("5", "20"):
        page = browser.get(need.get_absolute_url(), {"best": number})
        kept = browser.post(
            address(need, results[0]),
            {**pages.form_data(page, containing="match"), "verdict": "accepted"},
        )
        page = browser.get(kept.url)
        taken_back = browser.post(
            f"/en/matches/{MatchDecision.objects.latest('pk').pk}/take-back/",
            pages.form_data(page, containing="best"),
        )
        expected = need.get_absolute_url() + ("?best=20" if number == "20" else "")
        assert kept.url == taken_back.url == expected


def test_declining_twice_is_one_decision(market: Any, reader: Any) -> None:
    need, results = market
    data = {**offered(need, results[0], reader), "verdict": "declined", "reason": "too_far"}
    for _twice in range(2):
        browser_of(reader).post(address(need, results[0]), data)
    assert MatchDecision.objects.count() == 1
    browser_of(reader).post(address(need, results[0]), {**data, "reason": "off_topic"})
    assert [d.reason for d in MatchDecision.objects.order_by("pk")] == ["too_far", "off_topic"]


def test_a_decline_without_reason_is_asked_again_and_loses_nothing(
    market: Any, reader: Any
) -> None:
    need, results = market
    answer = decline(need, results[0], reader, reason="")
    assert answer.status_code == 422
    assert "Say why the match does not fit" in pages.errors_at(answer, "reason")
    assert not MatchDecision.objects.exists()
    again = {**pages.form_data(answer, containing="match"), "verdict": "declined"}
    browser_of(reader).post(address(need, results[0]), {**again, "reason": "too_far"})
    assert MatchDecision.objects.get().reason == "too_far"


def test_what_was_not_shown_to_this_reader_is_refused(
    market: Any, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forged, of another pair, of another person, too old: shown anew, with what was chosen."""
    need, results = market
    colleague = factories.add_member(need.organisation)
    own = offered(need, results[0], reader)["match"]
    others = {
        "forged": own[:-1] + ("A" if own[-1] != "A" else "B"),
        "of another pair": offered(need, results[1], reader)["match"],
        "of another person": offered(need, results[0], colleague)["match"],
        "nothing": "",
        "no text": "\x00" * 5,
    }
    for what, match in others.items():
        answer = decline(need, results[0], reader, match=match)
        assert answer.status_code == 422, what
        assert "decide again" in pages.text_of(answer), what
        chosen = pages.form_data(answer, containing="match")
        assert chosen["reason"] == ["too_vague"], what
    monkeypatch.setattr(shown, "VALID_FOR", timedelta(seconds=-1))
    assert decline(need, results[0], reader).status_code == 422
    assert not MatchDecision.objects.exists()


@pytest.mark.parametrize("verdict", ["introduced", "contracted", "reopened", "", "x"])
def test_no_other_verdict_is_taken_from_a_page(market: Any, reader: Any, verdict: str) -> None:
    need, results = market
    data = {**offered(need, results[0], reader), "verdict": verdict}
    assert browser_of(reader).post(address(need, results[0]), data).status_code == 422
    assert not MatchDecision.objects.exists()


def test_only_members_of_a_side_decide(market: Any, reader: Any) -> None:
    need, results = market
    data = {**offered(need, results[0], reader), "verdict": "accepted"}
    strangers = (factories.make_user(), factories.make_administrator(), results[1].author)
    for stranger in strangers:
        browser = browser_of(stranger)
        assert browser.post(address(need, results[0]), data).status_code == 404
        assert browser.get(address(need, results[0])).status_code == 404
        assert address(need, results[0]) not in browser.get(need.get_absolute_url()).text
        with pytest.raises(PermissionDenied):
            decisions.decide(
                need=need, result=results[0], verdict="accepted", by=stranger, match={}
            )
    answer = Client().post(address(need, results[0]), data)
    assert answer.status_code == 302
    assert "/login/" in answer.url
    assert address(need, results[0]) not in Client().get(need.get_absolute_url()).text
    factories.Membership.objects.filter(user=reader).delete()
    assert browser_of(reader).post(address(need, results[0]), data).status_code == 404
    assert not MatchDecision.objects.exists()


def test_the_result_s_side_decides_too(market: Any) -> None:
    need, results = market
    answer = decline(need, results[0], results[0].author, "off_topic")
    assert answer.redirect_chain[-1][0] == results[0].get_absolute_url()
    decision = MatchDecision.objects.get()
    assert (decision.organisation, decision.own_kind) == (results[0].organisation, "result")
    assert need not in {
        m.listing for m in matching.best_needs(results[0], viewer=results[0].author)
    }


def test_nobody_takes_back_what_somebody_else_decided(market: Any, reader: Any) -> None:
    need, results = market
    decline(need, results[0], reader)
    decision = MatchDecision.objects.get()
    colleague = factories.add_member(need.organisation)
    answer = browser_of(colleague).post(f"/en/matches/{decision.pk}/take-back/")
    assert answer.status_code == 404
    with pytest.raises(PermissionDenied):
        decisions.take_back(decision=decision, by=colleague)
    assert Client().post(f"/en/matches/{decision.pk}/take-back/").status_code == 302
    assert browser_of(reader).get(f"/en/matches/{decision.pk}/take-back/").status_code == 405
    assert MatchDecision.objects.count() == 1


def test_authors_read_why_and_what_helps_but_never_who(market: Any, reader: Any) -> None:
    need, results = market
    result, day = results[0], timezone.localdate()
    colleague = factories.add_member(need.organisation)
    for person, reason in ((reader, "too_vague"), (colleague, "too_vague"), (reader, "too_far")):
        decisions.decide(
            need=need, result=result, verdict="declined", by=person, match={}, reason=reason
        )
    MatchDecision.objects.update(decided_at=timezone.now() - timedelta(days=400))
    author = browser_of(result.author)
    for address in (result.get_absolute_url(), "/en/listings/mine/?kind=result"):
        page = author.get(address)
        told = pages.soup(page).select_one(".feedback").get_text(" ", strip=True)
        assert "1 reader: too vague to judge" in told
        assert "1 reader: too far away" in told
        assert "Add figures" in told
        for secret in (need.organisation.name, reader.name, str(day.year - 1), need.title):
            assert secret not in told
    for stranger in (reader, factories.make_user()):
        assert (
            "Why readers declined" not in browser_of(stranger).get(result.get_absolute_url()).text
        )
    assert "Why readers declined" not in Client().get(result.get_absolute_url()).text


def test_one_s_own_organisation_is_no_reader(market: Any, reader: Any, work: Work) -> None:
    need, _results = market
    own = make_result("锂电池回收", organisation=need.organisation)
    work()
    decisions.decide(
        need=need, result=own, verdict="declined", by=reader, match={}, reason="off_topic"
    )
    assert "Why readers declined" not in browser_of(reader).get(own.get_absolute_url()).text


def test_a_decline_that_was_taken_back_is_told_no_more(market: Any, reader: Any) -> None:
    need, results = market
    decision = decisions.decide(
        need=need, result=results[0], verdict="declined", by=reader, match={}, reason="too_vague"
    )
    decisions.take_back(decision=decision, by=reader)
    page = browser_of(results[0].author).get(results[0].get_absolute_url())
    assert "Why readers declined" not in page.text


def test_reasons_are_of_the_list(market: Any, reader: Any) -> None:
    need, results = market
    for reason in ("", "because"):
        with pytest.raises(ValidationError):
            decisions.decide(
                need=need, result=results[0], verdict="declined", by=reader, match={}, reason=reason
            )
    assert not MatchDecision.objects.exists()

"""Saving searches and watching listings, as people do it on pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.test import Client

from search.alerts import searches, watches
from search.models import Watch
from tests import factories, pages

pytestmark = pytest.mark.django_db
Work = Callable[..., int]
SEARCH = "q=锂电池&kind=result&mode=licence&mode=equity"


def browser_of(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def user() -> Any:
    return factories.make_user()


def save(user: Any, query: str = SEARCH, name: str = "Batteries") -> Watch:
    return watches.save_search(data=QueryDict(query), user=user, name=name, frequency="daily")


def test_an_anonymous_reader_signs_in_and_the_search_is_not_lost() -> None:
    browser = Client(headers={"accept-language": "en"})
    page = pages.soup(browser.get(f"/en/search/?{SEARCH}&page=1"))
    link = page.find("a", href=lambda href: href and href.startswith("/en/search/save/"))
    answer = browser.get(link["href"])
    assert answer.status_code == 302
    login = browser.get(answer.url)
    reader = factories.make_user("reader@example.org")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    data = pages.form_data(login, containing="login")
    data |= {"login": "reader@example.org", "password": factories.PASSWORD}
    answer = browser.post(answer.url, data)
    assert answer.url.startswith("/en/search/save/?")
    form = browser.get(answer.url)
    assert "锂电池" in pages.text_of(form)
    data = {**pages.form_data(form, containing="frequency"), "frequency": "weekly"}
    done = browser.post(answer.url, data, follow=True)
    watch = Watch.objects.get()
    assert watch.frequency == "weekly"
    assert QueryDict(watch.query).getlist("mode") == ["equity", "licence"]
    assert "page" not in QueryDict(watch.query)
    assert watch.name in pages.text_of(done)
    assert f"/en/search/?{watch.query}".replace("&", "&amp;") in done.text


def test_the_same_search_is_one_watch(user: Any) -> None:
    first = save(user)
    again = save(user, "mode=equity&mode=licence&kind=result&q= 锂电池 &page=3", "Cells")
    assert (first, again.name) == (Watch.objects.get(), "Cells")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "Search for some words"),
        ("page=2&q= ", "Search for some words"),
        ("industry=nowhere", "filter that does not exist"),
        (f"q={quote('锂' * 400)}", "too long"),
    ],
)
def test_what_cannot_be_saved_is_said(user: Any, query: str, why: str) -> None:
    answer = browser_of(user).post(
        f"/en/search/save/?{query}", {"name": "Mine", "frequency": "daily"}
    )
    assert answer.status_code == 422
    assert why in pages.text_of(answer)
    assert pages.form_data(answer, containing="name")["name"] == ["Mine"]
    assert not Watch.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "", "frequency": "daily"}, "name"),
        ({"name": "x" * 81, "frequency": "daily"}, "name"),
        ({"name": "Mine", "frequency": "hourly"}, "frequency"),
        ({"name": "Mine"}, "frequency"),
    ],
)
def test_errors_stand_at_their_fields(user: Any, data: dict[str, str], field: str) -> None:
    browser = browser_of(user)
    answer = browser.post(f"/en/search/save/?{SEARCH}", data)
    assert answer.status_code == 422
    assert pages.errors_at(answer, field)
    watch = save(user)
    answer = browser.post(f"/en/watches/{watch.pk}/", data)
    assert answer.status_code == 422
    assert pages.errors_at(answer, field)
    assert list(Watch.objects.values_list("name", "frequency")) == [("Batteries", "daily")]


def test_a_watch_is_renamed_stopped_started_and_deleted(user: Any) -> None:
    watch, browser = save(user), browser_of(user)
    since = watch.since
    for frequency, name in (("off", "Cells"), ("at_once", "Cells again")):
        data = {"name": name, "frequency": frequency}
        page = browser.post(f"/en/watches/{watch.pk}/", data, follow=True)
        watch.refresh_from_db()
        assert (watch.name, watch.frequency) == (name, frequency)
        assert name in pages.text_of(page)
    assert watch.since > since, "what came while it was off is no news"
    assert browser.get(f"/en/watches/{watch.pk}/delete/").status_code == 405
    browser.post(f"/en/watches/{watch.pk}/delete/")
    assert not Watch.objects.exists()
    assert "You watch nothing yet" in pages.text_of(browser.get("/en/watches/"))


def test_nobody_touches_what_others_watch(user: Any) -> None:
    watch = save(user)
    others = (browser_of(factories.make_user()), browser_of(factories.make_administrator()))
    for browser in others:
        assert browser.get(f"/en/watches/{watch.pk}/").status_code == 404
        for address in (f"/en/watches/{watch.pk}/", f"/en/watches/{watch.pk}/delete/"):
            answer = browser.post(address, {"name": "x", "frequency": "off"})
            assert answer.status_code == 404
        assert watch.name not in pages.text_of(browser.get("/en/watches/"))
    for address in ("/en/watches/", f"/en/watches/{watch.pk}/", "/en/search/save/?q=x"):
        assert "/login/" in Client().get(address).url
    assert Client().post(f"/en/watches/{watch.pk}/delete/").status_code == 302
    assert list(Watch.objects.values_list("name", "frequency")) == [("Batteries", "daily")]


def test_a_need_is_watched_from_its_page(work: Work) -> None:
    need = factories.make_need(live=True)
    work()
    browser = browser_of(need.author)
    page = browser.get(need.get_absolute_url())
    data = {**pages.form_data(page, containing="frequency"), "frequency": "at_once"}
    address = f"/en/watches/need/{need.pk}/"
    for frequency in ("at_once", "weekly"):
        done = browser.post(address, {**data, "frequency": frequency}, follow=True)
        assert Watch.objects.get().frequency == frequency
    assert pages.form_data(done, containing="frequency")["frequency"] == ["weekly"]
    assert need.title in pages.text_of(browser.get("/en/watches/"))
    assert need.title in pages.text_of(browser.get("/en/desk/"))
    assert browser.post(address, {"frequency": "x"}, follow=True).status_code == 200
    assert Watch.objects.get().frequency == "weekly"


def test_only_its_own_people_watch_a_listing() -> None:
    need = factories.make_need(live=True)
    for stranger in (factories.make_user(), factories.make_administrator()):
        browser = browser_of(stranger)
        assert "watch-frequency" not in browser.get(need.get_absolute_url()).text
        answer = browser.post(f"/en/watches/need/{need.pk}/", {"frequency": "daily"})
        assert answer.status_code == 404
        with pytest.raises(PermissionDenied):
            watches.watch_listing(listing=need, user=stranger, frequency="daily")
    assert Client().post(f"/en/watches/need/{need.pk}/").status_code == 302
    assert not Watch.objects.exists()


def test_there_is_a_limit_and_it_is_said(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "MOST_WATCHES", 1)
    save(user)
    answer = browser_of(user).post(
        "/en/search/save/?q=heat", {"name": "Mine", "frequency": "daily"}
    )
    assert "You watch 1 things already" in pages.text_of(answer)
    assert save(user, name="Renamed").name == "Renamed"
    with pytest.raises(ValidationError):
        save(user, "q=heat")
    save(factories.make_user(), "q=heat")
    assert user.watches.count() == 1


def test_a_search_names_itself_by_its_words_and_filters() -> None:
    industry = factories.make_industry("C39")
    words = searches.words_of(f"q=锂电池&industry={industry.code}&kind=need")
    assert words.startswith("锂电池 · ")
    assert "Technology needs" in words
    assert industry.name in words


def test_a_person_chooses_a_time_zone(user: Any) -> None:
    browser = browser_of(user)
    page = browser.get("/en/profile/")
    data = {**pages.form_data(page, containing="time_zone"), "time_zone": "Europe/Berlin"}
    browser.post("/en/profile/", {**data, "last_name": "A", "first_name": "B"})
    user.refresh_from_db()
    assert str(user.own_time_zone) == "Europe/Berlin"
    answer = browser.post("/en/profile/", {**data, "time_zone": "Mars/Base"})
    assert pages.errors_at(answer, "time_zone")
    user.refresh_from_db()
    assert user.time_zone == "Europe/Berlin"

"""The curation desk: what it proposes, to whom, and what it measures of what was featured."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from cms.models import FeaturedPairing, HomePage
from marketplace.accounts.models import User
from marketplace.listings import lifecycle
from search.decisions import recording
from search.models import BestPair
from tests.cms.clients import parsed
from tests.factories import make_moderator, make_need, make_result, make_user
from tests.pages import BROWSER, text_of

DESK = "/wagtail/curation/"
LIST = reverse("wagtailsnippets_cms_featuredpairing:list")


def best_pair(**fields: Any) -> BestPair:
    pair = {"need": make_need(live=True), "result": make_result(live=True), "tenths": 415}
    return BestPair.objects.create(**{**pair, **fields})


def featured(pair: BestPair, **fields: Any) -> FeaturedPairing:
    return FeaturedPairing.objects.create(
        need=pair.need, result=pair.result, note_en="Both are samples.", **fields
    )


def clicks(pairing: FeaturedPairing) -> tuple[int, int]:
    pairing.refresh_from_db()
    return pairing.result_clicks, pairing.need_clicks


def test_a_proposed_pair_is_featured_in_two_steps(administrator_client: Client) -> None:
    pair = best_pair(need=make_need(title_en="Quiet need", anonymous=True, live=True))
    page = administrator_client.get(DESK)
    assert "41.5" in text_of(page)
    assert "anonymous: do not name it" in text_of(page)
    begin = parsed(page).find("a", string="Feature this pair")["href"]
    form = parsed(administrator_client.get(begin))
    chosen = {name: form.find("input", {"name": name})["value"] for name in ("result", "need")}
    assert chosen == {"result": str(pair.result_id), "need": str(pair.need_id)}
    sent = {**chosen, "note_en": "They fit.", "starts_at": "2026-01-01 08:00"}
    assert administrator_client.post(begin, sent).status_code == 302
    assert FeaturedPairing.objects.get().need == pair.need
    assert "Feature this pair" not in text_of(administrator_client.get(DESK))


def test_a_new_pairing_comes_first(administrator_client: Client) -> None:
    for position in (1, 2):
        featured(best_pair(), sort_order=position)
    pair = best_pair()
    begin = parsed(administrator_client.get(DESK)).find("a", string="Feature this pair")["href"]
    administrator_client.post(
        begin,
        {
            "result": pair.result_id,
            "need": pair.need_id,
            "note_en": "They fit.",
            "starts_at": "2026-01-01 08:00",
        },
    )
    shown = FeaturedPairing.objects.shown()
    assert [one.sort_order for one in shown] == [0, 1, 2]
    assert shown[0].need == pair.need


def test_a_need_comes_back_when_its_pairing_has_ended(administrator_client: Client) -> None:
    pair = best_pair()
    pairing = featured(pair)
    assert pair.need.title not in text_of(administrator_client.get(DESK))
    past = timezone.now() - timedelta(hours=2)
    FeaturedPairing.objects.filter(pk=pairing.pk).update(
        starts_at=past, ends_at=past + timedelta(hours=1)
    )
    assert pair.need.title in text_of(administrator_client.get(DESK))


@pytest.mark.parametrize("asked", ["?result=x&need=", "?result=99999999&need=1e3", "?result=²"])
def test_an_odd_proposal_begins_with_nothing(administrator_client: Client, asked: str) -> None:
    add = reverse("wagtailsnippets_cms_featuredpairing:add")
    form = parsed(administrator_client.get(add + asked))
    assert not form.find("input", {"name": "result"}).get("value")


def test_a_draft_is_not_filled_in(administrator_client: Client) -> None:
    draft = make_result()
    add = reverse("wagtailsnippets_cms_featuredpairing:add")
    form = parsed(administrator_client.get(f"{add}?result={draft.pk}"))
    assert not form.find("input", {"name": "result"}).get("value")


def test_moderators_and_readers_do_not_curate(moderator_client: Client, client: Client) -> None:
    pair = best_pair()
    for other in (moderator_client, client):
        response = other.get(DESK)
        assert response.status_code == 302
        assert pair.need.title not in response.content.decode()


def test_clicks_of_readers_on_either_listing_are_counted(home: HomePage, client: Client) -> None:
    pairing = featured(best_pair())
    client.defaults["HTTP_USER_AGENT"] = BROWSER
    page = parsed(client.get("/en/"))
    for kind in ("result", "need"):
        address = page.find("a", string=getattr(pairing, kind).title, href=True)["href"]
        assert "/pairings/" in address
        response = client.get(address)
        assert response["Location"] == getattr(pairing, kind).get_absolute_url()
        assert "no-store" in response["Cache-Control"]
    assert clicks(pairing) == (1, 1)
    client.get(f"/en/pairings/{pairing.pk}/need/", headers={"Sec-Purpose": "prefetch"})
    client.head(f"/en/pairings/{pairing.pk}/need/")
    client.get(f"/en/pairings/{pairing.pk}/need/", headers={"User-Agent": "Baiduspider"})
    assert client.post(f"/en/pairings/{pairing.pk}/need/").status_code == 405
    client.force_login(make_moderator())
    client.get(f"/en/pairings/{pairing.pk}/need/")
    assert clicks(pairing) == (1, 1)


def test_a_pairing_that_readers_do_not_see_leads_nowhere(home: HomePage, client: Client) -> None:
    later = featured(best_pair(), starts_at=timezone.now() + timedelta(hours=1))
    gone = featured(best_pair())
    lifecycle.withdraw(gone.need, author=gone.need.author)
    for pairing in (later, gone):
        assert client.get(f"/en/pairings/{pairing.pk}/result/").status_code == 404
        assert clicks(pairing) == (0, 0)


def test_the_schedule_says_by_which_clock(administrator_client: Client) -> None:
    add = reverse("wagtailsnippets_cms_featuredpairing:add")
    assert "By the clock of Asia/Shanghai" in text_of(administrator_client.get(add))
    person = User.objects.get(pk=administrator_client.session["_auth_user_id"])
    UserProfile.objects.update_or_create(
        user=person, defaults={"current_time_zone": "Europe/Berlin"}
    )
    assert "By the clock of Europe/Berlin" in text_of(administrator_client.get(add))
    pair = best_pair()
    fields = {"result": pair.result_id, "need": pair.need_id, "note_en": "They fit."}
    administrator_client.post(add, {**fields, "starts_at": "2030-01-01 08:00"})
    assert FeaturedPairing.objects.get().starts_at.isoformat() == "2030-01-01T07:00:00+00:00"


def test_introductions_since_the_start_are_counted(administrator_client: Client) -> None:
    pair = best_pair()
    now = timezone.now()
    for days in (-2, 1, 2):
        decision = recording.record(
            need=pair.need,
            result=pair.result,
            verdict="introduced",
            decided_by=make_user(),
            match={},
        )
        type(decision).objects.filter(pk=decision.pk).update(decided_at=now + timedelta(days=days))
    featured(pair, starts_at=now, result_clicks=3, need_clicks=4)
    [row] = parsed(administrator_client.get(LIST)).select("tbody tr")
    assert [cell.get_text(strip=True) for cell in row.select("td")][-2:] == ["7", "2"]

"""Featured pairings: when readers see them, and what their notes may not say."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cms.confidentiality import names_organisation
from cms.models import FeaturedPairing
from marketplace.accounts.models import Organisation
from marketplace.listings import lifecycle
from tests.factories import make_need, make_organisation, make_result

HOUR = timedelta(hours=1)


def pair(**fields: Any) -> FeaturedPairing:
    """Make a pairing of two live samples, shown since an hour ago."""
    fields = {"note_en": "Both are samples.", "starts_at": timezone.now() - HOUR, **fields}
    result = fields.pop("result", None) or make_result(live=True)
    need = fields.pop("need", None) or make_need(live=True)
    pairing = FeaturedPairing(result=result, need=need, **fields)
    pairing.full_clean()
    pairing.save()
    return pairing


def is_shown(pairing: FeaturedPairing) -> bool:
    """Whether readers see the pairing; the queryset and the property must say the same."""
    listed = pairing in FeaturedPairing.objects.shown()
    fresh = FeaturedPairing.objects.get(pk=pairing.pk)
    assert (fresh.state == FeaturedPairing.State.SHOWN) == listed
    return listed


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [
        (-HOUR, None, "shown"),
        (-HOUR, HOUR, "shown"),
        (HOUR, None, "scheduled"),
        (-2 * HOUR, -HOUR, "ended"),
    ],
)
def test_dates_decide(db: Any, starts: timedelta, ends: timedelta | None, state: str) -> None:
    now = timezone.now()
    pairing = pair(starts_at=now + starts, ends_at=now + ends if ends else None)
    assert is_shown(pairing) == (state == "shown")
    assert pairing.state == state


@pytest.mark.parametrize("side", ["result", "need"])
def test_a_withdrawn_listing_takes_the_pairing_away(db: Any, side: str) -> None:
    pairing = pair()
    listing = getattr(pairing, side)
    assert is_shown(pairing)
    lifecycle.withdraw(listing, author=listing.author)
    assert not is_shown(pairing)
    assert FeaturedPairing.objects.get().state == f"{side}_not_live"


def test_editors_decide_the_order(db: Any) -> None:
    second, first = pair(sort_order=2), pair(sort_order=1)
    unplaced = pair()
    assert list(FeaturedPairing.objects.shown()) == [first, second, unplaced]


def errors(**fields: Any) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        pair(**fields)
    return set(caught.value.error_dict)


def test_contradictory_dates_and_an_empty_note_are_refused(db: Any) -> None:
    now = timezone.now()
    assert errors(starts_at=now, ends_at=now - HOUR) == {"ends_at"}
    assert errors(starts_at=now, ends_at=now) == {"ends_at"}
    assert errors(note_en="", note_zh="") == {"note_zh"}
    assert not FeaturedPairing.objects.exists()


def test_the_same_two_are_paired_once(db: Any) -> None:
    known = pair()
    assert errors(result=known.result, need=known.need) == {"__all__"}


def anonymous_need(**fields: Any) -> Any:
    organisation = make_organisation(
        "Quillbrook Storage Co., Ltd. (sample)",
        name_zh="岚岫储能技术有限公司",
        website="https://www.quillbrook.example.org/about",
    )
    return make_need(organisation, live=True, anonymous=True, **fields)


@pytest.mark.parametrize(
    "note",
    [
        "Quillbrook Storage Co., Ltd. (sample) asked for it.",
        "quillbrook   STORAGE wants it",
        "See quillbrook.example.org.",
        "岚岫储能技术有限公司急需",
        "岚 岫 储 能 技 术已试用",
        "ＱＵＩＬＬＢＲＯＯＫ ＳＴＯＲＡＧＥ",
    ],
)
@pytest.mark.parametrize("field", ["note_zh", "note_en"])
def test_a_note_may_not_name_who_wants_to_stay_unnamed(db: Any, note: str, field: str) -> None:
    assert errors(need=anonymous_need(), **{field: note}) == {field}
    assert not FeaturedPairing.objects.exists()


def test_a_named_need_may_be_named(db: Any) -> None:
    organisation = make_organisation("Quillbrook Storage Ltd")
    need = make_need(organisation, live=True)
    assert pair(need=need, note_en="Quillbrook Storage asked for it.").note


@pytest.mark.parametrize(
    ("names", "text", "found"),
    [
        ({"name_zh": "中国科学院大连化学物理研究所"}, "储能材料的研究", False),
        ({"name_zh": "集团公司", "name_en": ""}, "某集团公司的需求", True),
        ({"name_zh": "", "name_en": "ABC Inc."}, "The abc of storage", False),
        ({"name_zh": "", "name_en": "Abcd Inc."}, "Abcd has it", True),
        ({"name_zh": "", "name_en": ""}, "anything", False),
    ],
)
def test_names_are_found_and_common_words_are_not(
    names: dict[str, str], text: str, found: bool
) -> None:
    organisation = Organisation(**{"name_zh": "", "name_en": "", **names})
    assert names_organisation(text, organisation) is found


def test_a_note_is_withheld_when_the_need_turns_anonymous_later(db: Any) -> None:
    organisation = make_organisation("Quillbrook Storage Ltd")
    need = make_need(organisation, live=True)
    pair(need=need, note_en="Quillbrook Storage asked for it.", note_zh="两者相配。")
    type(need).objects.filter(pk=need.pk).update(anonymous=True)
    fresh = FeaturedPairing.objects.get()
    with translation.override("en"):
        assert fresh.note == ""


def form(**fields: Any) -> dict[str, Any]:
    now = timezone.localtime()
    return {
        "note_zh": "",
        "note_en": "They fit.",
        "starts_at": (now - HOUR).strftime("%Y-%m-%d %H:%M"),
        "ends_at": "",
        **fields,
    }


ADD = "wagtailsnippets_cms_featuredpairing:add"


def test_an_administrator_chooses_a_pairing(administrator_client: Client, client: Client) -> None:
    result, need = make_result(title_en="Sample cell", live=True), make_need(live=True)
    answer = administrator_client.post(reverse(ADD), form(result=result.pk, need=need.pk))
    assert answer.status_code == 302, answer.context["form"].errors
    pairing = FeaturedPairing.objects.get()
    assert str(pairing.created_by_id) == administrator_client.session["_auth_user_id"]
    home = client.get("/en/").content.decode()
    assert "They fit." in home
    assert "Featured pairings" in home


def test_the_desk_refuses_a_telling_note_at_its_field(administrator_client: Client) -> None:
    need = anonymous_need()
    data = form(result=make_result(live=True).pk, need=need.pk, note_zh="岚岫储能技术的需求")
    answer = administrator_client.post(reverse(ADD), data)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"note_zh"}
    assert not FeaturedPairing.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("result", "999999"), ("need", "x"), ("starts_at", "soon"), ("note_en", "x" * 900)],
)
def test_bad_input_is_refused_at_its_field(
    administrator_client: Client, field: str, value: str
) -> None:
    data = form(result=make_result(live=True).pk, need=make_need(live=True).pk) | {field: value}
    answer = administrator_client.post(reverse(ADD), data)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not FeaturedPairing.objects.exists()


@pytest.mark.parametrize("model", ["researchresult", "technologyneed"])
def test_choosers_find_a_listing_by_its_title(administrator_client: Client, model: str) -> None:
    make = make_result if model == "researchresult" else make_need
    make(title_zh="钠离子电池正极", live=True)
    make(title_zh="脱硫石膏胶凝材料", live=True)
    address = reverse(f"wagtailsnippetchoosers_listings_{model}:choose_results")
    found = administrator_client.get(address, {"q": "钠离子"}).content.decode()
    assert "钠离子电池正极" in found
    assert "脱硫石膏" not in found
    assert administrator_client.get(address, {"q": "x" * 5000}).status_code == 200

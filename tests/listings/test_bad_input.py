"""Wrong input: a clear message at its field, what was typed comes back, nothing is stored, no 500."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from marketplace.files.models import StoredFile
from marketplace.listings import lifecycle
from marketplace.listings.models import ResearchResult, ResultAttachment, TechnologyNeed
from tests import factories
from tests.pages import errors_at, form_data

pytestmark = pytest.mark.django_db

NEW = {"result": "/en/listings/result/new/", "need": "/en/listings/need/new/"}
YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
WRONG_AMOUNTS = [
    "-1", "-0", "+5", "1e2", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", str(2**63), "1,000",
    "1.000,00", "0x10", "007", "0", "١", "½", "1 000", "¥5", "--", ".", "5.", ".5",
]  # fmt: skip


def send(client: Client, kind: str, **fields: Any) -> Any:
    """Fill in a new form and send it."""
    data = form_data(client.get(NEW[kind]), containing="title_en")
    return client.post(NEW[kind], data | {"title_en": "A title", **fields})


def assert_refused(response: Any, field: str, message: str, typed: Any = None) -> None:
    assert response.status_code == 422
    assert message.lower() in errors_at(response, field).lower()
    assert "There is a problem" in response.content.decode()
    if typed is not None:
        assert form_data(response, containing="title_en")[field] == [typed]
    assert ResearchResult.objects.count() == 0
    assert TechnologyNeed.objects.count() == 0


@pytest.mark.parametrize("amount", WRONG_AMOUNTS)
def test_wrong_amounts(client: Client, author: Any, amount: str) -> None:
    response = send(client, "result", price_min=amount)
    assert_refused(response, "price_min", "", typed=amount)
    assert errors_at(response, "price_min")


@pytest.mark.parametrize("field", ["budget_min", "budget_max", "reward"])
def test_every_amount_is_as_strict(client: Client, author: Any, field: str) -> None:
    assert_refused(send(client, "need", **{field: "1e2"}), field, "plain number", "1e2")


def test_decimals_follow_the_chosen_currency(client: Client, author: Any) -> None:
    wrong = send(client, "result", currency="JPY", price_min="0.1")
    assert_refused(wrong, "price_min", "JPY has no decimals", "0.1")
    assert_refused(send(client, "result", currency="XXX"), "currency", "valid choice")


@pytest.mark.parametrize(
    ("kind", "fields", "field", "message"),
    [
        ("result", {"price_min": "10", "price_max": "9"}, "price_max", "less than"),
        ("need", {"budget_min": "10", "budget_max": "9"}, "budget_max", "less than"),
        ("need", {"reward": "10"}, "deadline", "needs a deadline"),
        ("need", {"deadline": YESTERDAY}, "deadline", "has passed"),
        ("result", {"ownership": "shared"}, "team_share", "how much the team owns"),
        (
            "result",
            {"ownership": "institution", "team_share": "5"},
            "team_share",
            "leave this empty",
        ),
        ("result", {"ownership": "team", "team_share": "5"}, "team_share", "100"),
        ("result", {"team_share": "100.01"}, "team_share", "at most 100"),
        ("result", {"team_share": "1e1"}, "team_share", "plain number"),
        ("result", {"title_en": "", "title_zh": ""}, "title_zh", "title in chinese or in english"),
        ("result", {"trl": "10"}, "trl", "valid choice"),
        ("result", {"trl": "७"}, "trl", "valid choice"),
        ("result", {"industry": "Z99"}, "industry", "listed industries"),
        ("result", {"industry_code": "C9999"}, "industry_code", "no industry c9999"),
        ("result", {"industry_code": "35112233"}, "industry_code", "no industry"),
        ("result", {"region": "\x00"}, "region", "listed regions"),
        ("result", {"ipc": "Q99"}, "ipc", "no patent class"),
        ("result", {"ipc": "A99"}, "ipc", "no class a99"),
        ("result", {"cooperation_modes": ["gift"]}, "cooperation_modes", "valid choice"),
        ("result", {"tier_price": "4"}, "tier_price", "valid choice"),
        ("result", {"tier_price": ""}, "tier_price", "required"),
        ("result", {"ip_rights-0-number": "1"}, "ip_rights-0-type", "required"),
        (
            "result",
            {"ip_rights-0-type": "design", "ip_rights-0-checked_on": TOMORROW},
            "ip_rights-0-checked_on",
            "future",
        ),
        (
            "result",
            {"ip_rights-0-type": "design", "ip_rights-0-checked_on": "2026-02-30"},
            "ip_rights-0-checked_on",
            "valid date",
        ),
        ("result", {"figures-0-name_en": "yield"}, "figures-0-today", "required"),
        (
            "result",
            {"figures-0-today": "5", "figures-0-reached": "6"},
            "figures-0-name_zh",
            "what is",
        ),
        ("need", {"metrics-0-name_en": "rise"}, "metrics-0-value", "required"),
        ("need", {"metrics-0-value": "5"}, "metrics-0-name_zh", "what is measured"),
        ("result", {"attachments-0-title": "No file"}, "attachments-0-upload", "choose a file"),
    ],
)
def test_missing_and_contradictory_fields(
    client: Client, author: Any, kind: str, fields: dict[str, Any], field: str, message: str
) -> None:
    response = send(client, kind, **fields)
    assert_refused(response, field, message)


def test_a_finer_industry_must_lie_in_the_chosen_one(client: Client, author: Any) -> None:
    factories.make_industry("C3841")
    factories.make_industry("C27")
    response = send(client, "result", industry="C27", industry_code="C3841")
    assert_refused(response, "industry_code", "C3841 is no part of C27", "C3841")


@pytest.mark.parametrize(
    "field", ["title_en", "summary_zh", "problem_en", "details_zh", "keywords_en", "ipc"]
)
def test_a_text_of_a_megabyte(client: Client, author: Any, field: str) -> None:
    text = "长" * 350_000 if field.endswith("zh") else "long " * 210_000
    response = send(client, "result", **{field: text, "title_zh": "短"})
    assert_refused(response, field, "at most")
    typed = form_data(response, containing="title_en")[field][0]
    assert typed.strip() == text.strip(), "nothing typed is lost"


def test_more_than_the_server_reads_is_refused(client: Client, author: Any) -> None:
    response = send(client, "result", details_en="x" * 6_000_000)
    assert response.status_code in (400, 413)
    assert ResearchResult.objects.count() == 0


def test_null_characters(client: Client, author: Any) -> None:
    fields = ("title_en", "problem_en", "keywords_zh", "ipc", "industry_code", "price_min", "trl")
    for field in fields:
        assert send(client, "result", **{field: "a\x00b"}).status_code == 422, field
    assert send(client, "result", **{"attachments-0-kept": "\x00"}).status_code == 422
    assert ResearchResult.objects.count() == 0


def test_everything_wrong_at_once_comes_back_as_typed(client: Client, author: Any) -> None:
    typed = {
        "title_en": "Typed title",
        "summary_zh": "打好的字",
        "problem_en": "Two\nlines",
        "trl": "5",
        "price_min": "wrong",
        "currency": "USD",
        "tier_problem": "2",
        "ip_rights-1-type": "design",
        "ip_rights-1-number": "n" * 99,
        "keywords_en": "<script>alert(1)</script>",
    }
    response = send(client, "result", cooperation_modes=["equity", "service"], **typed)
    assert_refused(response, "price_min", "plain number", "wrong")
    assert "at most 60" in errors_at(response, "ip_rights-1-number")
    again = form_data(response, containing="title_en")
    assert {name: again[name][0] for name in typed} == typed
    assert again["cooperation_modes"] == ["equity", "service"]
    assert "<script>alert" not in response.content.decode()
    assert (
        client.post(
            NEW["result"], again | {"price_min": "7", "ip_rights-1-number": "n"}
        ).status_code
        == 302
    )
    result = ResearchResult.objects.get()
    assert (result.price_min, result.summary_zh, result.problem_en) == (
        700,
        "打好的字",
        "Two\nlines",
    )


PICTURES = {
    "lying.pdf": b"\x89PNG\r\n\x1a\n0000",
    "lying.png": b"%PDF-1.7\n",
    "lying.docx": b"PK\x03\x04 no document",
    "lying.txt": b"MZ\x90\x00",
    "page.html": b"<script>alert(1)</script>",
    "drawing.svg": b"<svg onload='alert(1)'/>",
    "program.exe": b"MZ",
    "nothing": b"text",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_lying_file_is_refused_at_its_field(client: Client, author: Any, name: str) -> None:
    file = SimpleUploadedFile(name, PICTURES[name], content_type="application/pdf")
    response = send(client, "result", **{"attachments-0-upload": file})
    assert_refused(response, "attachments-0-upload", "file")
    assert StoredFile.objects.count() == 0


def test_an_empty_file_is_refused(client: Client, author: Any) -> None:
    response = send(client, "result", **{"attachments-0-upload": SimpleUploadedFile("a.txt", b"")})
    assert_refused(response, "attachments-0-upload", "empty")


def test_an_upload_survives_an_error_elsewhere(client: Client, author: Any) -> None:
    file = SimpleUploadedFile("kept.txt", b"kept")
    first = send(client, "result", price_min="wrong", **{"attachments-0-upload": file})
    assert first.status_code == 422
    assert "kept.txt" in first.content.decode()
    stored = StoredFile.objects.get()
    assert stored.provisional
    again = form_data(first, containing="title_en")
    assert again["attachments-0-kept"] == [str(stored.pk)]

    second = client.post(NEW["result"], again | {"price_min": "still wrong"})
    again = form_data(second, containing="title_en")
    assert client.post(NEW["result"], again | {"price_min": "5"}).status_code == 302
    assert ResearchResult.objects.get().attachments.get().file == stored
    stored.refresh_from_db()
    assert not stored.provisional


def test_a_refused_replacement_keeps_the_file_that_was_there(client: Client, author: Any) -> None:
    own = factories.make_file("first.txt", uploaded_by=author)
    listing = factories.make_result(
        author.organisations.get(), attachments=[ResultAttachment(file=own, title="First", tier=0)]
    )
    path = f"/en/listings/result/{listing.pk}/edit/"
    bad = SimpleUploadedFile("bad.pdf", b"no pdf")
    data = form_data(client.get(path), containing="title_en")
    response = client.post(path, data | {"attachments-0-upload": bad})
    assert "not what its name says" in errors_at(response, "attachments-0-upload")
    again = form_data(response, containing="title_en")
    assert again["attachments-0-kept"] == [str(own.pk)]
    assert client.post(path, again).status_code == 302
    newest = lifecycle.working_copy(ResearchResult.objects.get())
    assert [row.file_id for row in newest.attachments.all()] == [own.pk]


@pytest.mark.parametrize("kept", ["stranger's", "00000000-0000-4000-8000-000000000000", "abc", "1"])
def test_a_file_of_somebody_else_is_refused(client: Client, author: Any, kept: str) -> None:
    if kept == "stranger's":
        kept = str(factories.make_file("secret.txt").pk)
    response = send(client, "result", **{"attachments-0-kept": kept})
    assert_refused(response, "attachments-0-upload", "no longer here")
    assert "secret.txt" not in response.content.decode()


def test_a_colleague_s_file_stays_in_the_listing_that_has_it(client: Client, author: Any) -> None:
    organisation = author.organisations.get()
    theirs = factories.make_file("theirs.txt", uploaded_by=factories.add_member(organisation))
    rows = [ResultAttachment(file=theirs, title="Theirs", tier=0)]
    listing = factories.make_result(organisation, attachments=rows, live=True)
    path = f"/en/listings/result/{listing.pk}/edit/"
    data = form_data(client.get(path), containing="title_en") | {"title_en": "Changed"}
    assert client.post(path, data).status_code == 302
    other = factories.make_result(organisation)
    path = f"/en/listings/result/{other.pk}/edit/"
    data = form_data(client.get(path), containing="title_en")
    response = client.post(path, data | {"attachments-0-kept": str(theirs.pk)})
    assert "no longer here" in errors_at(response, "attachments-0-upload")


@pytest.mark.parametrize(
    "fields",
    [
        {"ip_rights-TOTAL_FORMS": "abc"},
        {"ip_rights-TOTAL_FORMS": "-1"},
        {"ip_rights-TOTAL_FORMS": "999999999"},
        {"ip_rights-INITIAL_FORMS": "9999"},
        {"ip_rights-INITIAL_FORMS": "x"},
        {"base": "9" * 40},
        {"base": "x"},
        {"base": "-1"},
        {"submission": "no number"},
        {"do": "add:nothing"},
        {"do": "add:"},
        {"do": "something else"},
        {"do": "add:ip_rights", "ip_rights-TOTAL_FORMS": "²"},
        {"organisation": "1"},
        {"tier_nothing": "1"},
        {"live": "on", "author": "1", "verified_on": "2030-01-01", "expires_on": "2099-01-01"},
    ],
)
def test_tampered_forms_never_break_the_page(
    client: Client, author: Any, fields: dict[str, str]
) -> None:
    response = send(client, "result", **fields)
    assert response.status_code in (200, 302, 422)
    assert not ResearchResult.objects.filter(live=True).exists()
    assert not ResearchResult.objects.exclude(expires_on=None).exists()


def test_an_empty_request_never_breaks_the_page(client: Client, author: Any) -> None:
    for kind, path in NEW.items():
        response = client.post(path, {})
        assert response.status_code == 422, kind
    assert ResearchResult.objects.count() == 0


def test_more_rows_than_allowed_are_refused(client: Client, author: Any) -> None:
    rows = {f"ip_rights-{n}-type": "design" for n in range(31)}
    response = send(client, "result", **{"ip_rights-TOTAL_FORMS": "31", **rows})
    assert response.status_code == 422
    assert "at most 30" in response.content.decode()

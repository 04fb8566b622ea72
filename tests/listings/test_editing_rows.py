"""The rows of the forms: rights, figures, files."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.files.models import StoredFile
from marketplace.listings.models import IpRight, ResearchResult
from tests import factories
from tests.listings.writing import NEW_RESULT, blank, edit_path, newest
from tests.pages import errors_at, form_data

pytestmark = pytest.mark.django_db


ROW_ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "forged": lambda data: data | {"ip_rights-0-id": "999999"},
    "text": lambda data: data | {"ip_rights-0-id": "abc"},
    "missing": lambda data: {k: v for k, v in data.items() if k != "ip_rights-0-id"},
}


@pytest.mark.parametrize("how", ROW_ACTIONS)
def test_a_row_with_a_strange_number_is_a_row_of_this_listing(
    client: Client, author: Any, how: str
) -> None:
    strange = factories.make_result(ip_rights=[IpRight(type="design", number="STRANGE")])
    listing = factories.make_result(
        author.organisations.get(), ip_rights=[IpRight(type="design", number="MINE")]
    )
    data = blank(client, edit_path(listing)) | {"ip_rights-0-number": "NEW"}
    data = ROW_ACTIONS[how](data)
    if how == "forged":
        data["ip_rights-0-id"] = str(strange.ip_rights.get().pk)
    client.post(edit_path(listing), data)
    assert "NEW" in [right.number for right in newest(listing).ip_rights.all()]
    assert [right.number for right in strange.ip_rights.all()] == ["STRANGE"]
    assert strange.revisions.count() == 1


def test_rows_are_removed_by_their_box(client: Client, author: Any) -> None:
    rights = [IpRight(type="design", number=str(n)) for n in range(3)]
    listing = factories.make_result(author.organisations.get(), ip_rights=rights)
    data = blank(client, edit_path(listing)) | {"ip_rights-1-DELETE": "on"}
    assert client.post(edit_path(listing), data).status_code == 302
    assert [right.number for right in newest(listing).ip_rights.all()] == ["0", "2"]


def test_one_empty_row_follows_the_rows_that_are_there(client: Client, author: Any) -> None:
    rights = [IpRight(type="design", number=str(n)) for n in range(3)]
    listing = factories.make_result(author.organisations.get(), ip_rights=rights)
    rows = blank(client, edit_path(listing))
    assert (rows["ip_rights-TOTAL_FORMS"], rows["figures-TOTAL_FORMS"]) == (["4"], ["2"])


def test_another_row_keeps_what_was_typed_and_uploaded(client: Client, author: Any) -> None:
    data = blank(client, NEW_RESULT) | {
        "title_en": "Half",
        "price_min": "wrong",
        "ip_rights-0-number": "typed",
        "attachments-0-upload": SimpleUploadedFile("kept.txt", b"kept"),
        "do": "add:ip_rights",
    }
    answer = client.post(NEW_RESULT, data)
    assert answer.status_code == 200
    assert "There is a problem" not in answer.content.decode()
    again = form_data(answer, containing="title_en")
    assert int(again["ip_rights-TOTAL_FORMS"][0]) == int(data["ip_rights-TOTAL_FORMS"][0]) + 1
    assert again["ip_rights-0-number"] == ["typed"]
    assert again["price_min"] == ["wrong"]
    assert "kept.txt" in answer.content.decode()
    assert ResearchResult.objects.count() == 0

    again |= {
        "price_min": "5",
        "ip_rights-0-type": "design",
        "ip_rights-2-type": "software_copyright",
    }
    assert client.post(NEW_RESULT, again).status_code == 302
    result = ResearchResult.objects.get()
    assert [right.type for right in result.ip_rights.all()] == ["design", "software_copyright"]
    assert result.attachments.get().file.name == "kept.txt"


def test_another_row_says_at_once_when_a_file_is_refused(client: Client, author: Any) -> None:
    data = blank(client, NEW_RESULT) | {
        "attachments-0-upload": SimpleUploadedFile("evil.pdf", b"no pdf"),
        "do": "add:attachments",
    }
    answer = client.post(NEW_RESULT, data)
    assert "not what its name says" in errors_at(answer, "attachments-0-upload")
    assert StoredFile.objects.count() == 0

"""On the pages that ask for a file: it is still there when something else in the form is wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.payments.models import Transfer
from marketplace.files import uploads
from marketplace.files.models import StoredFile
from tests.deals.factories import PDF, World
from tests.pages import form_data, text_of

pytestmark = pytest.mark.django_db

Page = tuple[Any, str, tuple[Any, ...], str, dict[str, Any], dict[str, Any]]
"""Who fills in which page, the field of the file, what is wrong at first, and what puts it right."""


def add_a_file(world: World) -> Page:
    wrong = {"kind": "other", "tier": "parties", "title": "x" * 500}
    return world.buyer, "add_file", (world.deal.pk,), "upload", wrong, {"title": "Plan"}


def complain(world: World) -> Page:
    wrong = {"kind": "conduct", "text": ""}
    return (
        world.buyer,
        "open_complaint",
        (world.deal.pk,),
        "upload",
        wrong,
        {"text": "Nobody calls."},
    )


def enter_a_payment(world: World) -> Page:
    transfer = Transfer.objects.first()
    assert transfer is not None
    wrong = {"amount": "1.00", "bank_reference": "O-1", "booked_on": f"{timezone.localdate()}"}
    right = {"amount": transfer.money.digits}
    return world.dean, "record_payout", ("transfer", transfer.pk), "evidence", wrong, right


@pytest.mark.parametrize("page", [add_a_file, complain, enter_a_payment])
def test_the_file_is_still_there(half_settled: World, visit, page: Callable[[World], Page]) -> None:
    person, name, place, field, wrong, right = page(half_settled)
    reader = visit(person)
    empty = form_data(reader.get(name, *place), containing=next(iter(wrong)))
    chosen = SimpleUploadedFile("chosen.pdf", PDF)
    refused = reader.post(name, *place, data={**empty, **wrong, field: chosen})
    assert refused.status_code == 422
    assert "chosen.pdf is here" in text_of(refused)
    data = form_data(refused, containing=f"{field}-held")
    done = reader.post(name, *place, data={**data, **right})
    assert done.status_code == 302, text_of(done)
    stored = StoredFile.objects.get(name="chosen.pdf", provisional=False)
    assert uploads.read(stored).content == PDF

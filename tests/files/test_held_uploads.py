"""A chosen file is not lost while something else in its form is wrong, and is nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.payments.forms import EvidenceField
from marketplace.files import effects, uploads
from marketplace.files.forms import UploadField
from marketplace.files.models import StoredFile

pytestmark = pytest.mark.django_db


class Paper(forms.Form):
    title = forms.CharField()
    upload = UploadField()


class Proof(forms.Form):
    upload = EvidenceField()


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    settings.MEDIA_ROOT = tmp_path


def file(name: str = "plan.txt", content: bytes = b"what was chosen") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def controls(form: forms.Form, selector: str) -> Any:
    return BeautifulSoup(str(form), "html.parser").select(selector)


def held(form: forms.Form) -> dict[str, str]:
    """Return what the form, shown again, sends for its file."""
    fields = controls(form, "[name=upload-held]")
    return {field["name"]: field["value"] for field in fields}


def shown_again(*files: SimpleUploadedFile) -> forms.Form:
    form = Paper({}, {"upload": files[0]} if files else {})
    assert not form.is_valid()
    return form


def test_a_file_outlasts_the_errors_of_its_form() -> None:
    first = shown_again(file())
    assert "plan.txt" in str(first)
    assert not controls(first, "[type=file][required]")
    data = held(first)
    again = Paper(data)
    assert not again.is_valid()
    stored = StoredFile.objects.count()
    assert held(again) == data
    assert StoredFile.objects.count() == stored, "it is stored once"
    sent = Paper({"title": "Plan", **held(again)})
    assert sent.is_valid(), sent.errors
    kept = sent.cleaned_data["upload"]
    assert (kept.name, kept.content_type, kept.content) == (
        "plan.txt",
        "text/plain",
        b"what was chosen",
    )


def test_a_field_offers_the_files_that_it_takes() -> None:
    assert controls(Proof(), "[type=file]")[0]["accept"] == ".pdf,.png,.jpg,.jpeg"
    assert {".pdf", ".docx", ".csv"} <= set(
        controls(Paper(), "[type=file]")[0]["accept"].split(",")
    )


def test_another_file_replaces_it() -> None:
    data = {"title": "Plan", **held(shown_again(file()))}
    form = Paper(data, {"upload": file("new.txt", b"new")})
    assert form.is_valid()
    assert form.cleaned_data["upload"].content == b"new"


def test_a_file_that_is_wrong_is_not_held() -> None:
    form = shown_again(file("plan.exe"))
    assert form.errors["upload"]
    assert held(form) == {}
    assert not StoredFile.objects.exists()


def test_nothing_is_stored_for_a_form_that_is_right() -> None:
    assert Paper({"title": "Plan"}, {"upload": file()}).is_valid()
    assert not StoredFile.objects.exists()


def test_a_held_file_is_checked_for_the_field_that_gets_it() -> None:
    form = Proof(held(shown_again(file())))
    assert form.errors["upload"] == ["Evidence is a PDF, PNG or JPEG file."]


def test_only_what_a_form_held_can_be_sent() -> None:
    lasting = uploads.store(uploads.check(file()), uploaded_by=None)
    tokens = [
        "",
        "\x00",
        str(lasting.pk),
        signing.dumps(str(lasting.pk)),
        signing.dumps(str(lasting.pk), salt="files.held"),
        f"{held(shown_again(file()))['upload-held']}x",
    ]
    for token in tokens:
        form = Paper({"title": "Plan", "upload-held": token})
        assert not form.is_valid(), token
        assert form.errors["upload"], token


def test_a_file_that_nobody_came_back_for_is_swept_away() -> None:
    data = {"title": "Plan", **held(shown_again(file()))}
    StoredFile.objects.update(uploaded_at=timezone.now() - timedelta(days=4))
    effects.sweep_provisional()
    form = Paper(data)
    assert form.errors["upload"] == ["This file is no longer here. Choose it again."]

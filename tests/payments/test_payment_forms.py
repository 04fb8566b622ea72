"""Every wrong entry is refused at its field."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from brokers.payments import registry
from brokers.payments.forms import BankLineForm, PayoutAccountForm, RejectionForm
from marketplace.money import Money
from tests.payments.conftest import PDF

DUE = Money(12_000_50, "CNY")
GOOD = {"amount": "12000.50", "bank_reference": "2026-0105/000123", "booked_on": "2026-01-05"}


def _picture(kind):
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, format=kind)
    return stream.getvalue()


def _form(data=None, name="advice.pdf", content=PDF, due=DUE):
    files = {"evidence": SimpleUploadedFile(name, content)} if name else {}
    return BankLineForm({**GOOD, **(data or {})}, files, due=due)


def test_a_good_line_is_handed_on():
    form = _form()
    assert form.is_valid(), form.errors
    line = form.line()
    assert (line.amount, line.bank_reference) == (DUE, "2026-0105/000123")
    assert line.evidence.content_type == "application/pdf"


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.JPEG", "JPEG")]
)
def test_pictures_are_evidence(name, kind):
    assert _form(name=name, content=_picture(kind)).is_valid()


@pytest.mark.parametrize(
    "amount",
    [
        "", "-1", "-0", "0", "1e2", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", "1,000",
        "12,000.50", "12000.5 CNY", "9223372036854775808", "12000.51", "12000.49", "+12000.50",
        "<b>1</b>", "\x00", "1" * 1_000_000,
    ],
    ids=lambda amount: repr(amount[:20]),
)  # fmt: skip
def test_wrong_amounts_are_refused_at_the_amount(amount):
    form = _form({"amount": amount})
    assert set(form.errors) == {"amount"}


def test_yen_have_no_decimals():
    assert set(_form({"amount": "0.1"}, due=Money(1, "JPY")).errors) == {"amount"}
    assert _form({"amount": "1"}, due=Money(1, "JPY")).is_valid()


@pytest.mark.parametrize(
    "reference", ["", "x" * 65, "=cmd()", "a b", "a\nb", "银行", "<script>", "\x00", "a\u202eb"]
)
def test_wrong_references_are_refused(reference):
    assert set(_form({"bank_reference": reference}).errors) == {"bank_reference"}


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "99999-01-01", "2026-13-01"])
def test_wrong_days_are_refused(day):
    assert set(_form({"booked_on": day}).errors) == {"booked_on"}


def test_a_day_in_the_future_is_refused():
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert set(_form({"booked_on": tomorrow.isoformat()}).errors) == {"booked_on"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (None, b""),
        ("empty.pdf", b""),
        ("advice.pdf", b"MZ not a pdf"),
        ("advice.pdf.exe", PDF),
        ("advice.png", PDF),
        ("advice.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("advice.txt", b"plain text"),
        ("advice.html", b"<html></html>"),
        ("broken.png", _picture("PNG")[:40]),
        ("../../x", PDF),
    ],
)
def test_wrong_evidence_is_refused(name, content):
    assert set(_form(name=name, content=content).errors) == {"evidence"}


def test_a_rejection_needs_a_reason():
    assert set(RejectionForm({"reason": " "}).errors) == {"reason"}
    assert RejectionForm({"reason": "金额不符"}).is_valid()


def test_each_gateway_asks_its_own_questions():
    bank = PayoutAccountForm(gateway=registry.get("bank"))
    stripe = PayoutAccountForm(gateway=registry.get("stripe"))
    assert list(bank.fields) == ["holder", "bank", "number"]
    assert list(stripe.fields) == ["country"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "12-34"), ("number", "12345"), ("number", "1" * 35), ("number", "６２２２０２００"),
     ("holder", ""), ("bank", "x" * 201)],
)  # fmt: skip
def test_wrong_bank_details_are_refused(field, value):
    good = {"holder": "样本大学", "bank": "样本银行", "number": "6222020000001234"}
    assert PayoutAccountForm(good, gateway=registry.get("bank")).is_valid()
    form = PayoutAccountForm({**good, field: value}, gateway=registry.get("bank"))
    assert set(form.errors) == {field}


@pytest.mark.parametrize("country", ["", "hk", "HKG", "H", "香港", "1A"])
def test_wrong_countries_are_refused(country):
    form = PayoutAccountForm({"country": country}, gateway=registry.get("stripe"))
    assert set(form.errors) == {"country"}

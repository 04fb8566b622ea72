"""Every bad amount, currency, file and text, at every form and import about money: refused, unchanged.

One table of what people and programs send; each form says with which status it refuses.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.deals.models import Complaint
from brokers.payments.models import BankReceipt, Refund, StatementLine
from marketplace.files.models import StoredFile
from tests.deals.factories import PDF, World
from tests.deals.test_bank_pages import upload
from tests.factories import make_administrator
from tests.payments.statement_files import csv, row

NOBODY_S = "99d56bff-0c4e-42fd-b41e-62cfcaff7355"
pytestmark = pytest.mark.django_db

AMOUNTS = {
    "negative": "-1",
    "negative, typographic": "−1",
    "zero": "0",
    "minus zero": "-0",
    "exponent": "1e2",
    "big exponent": "1E+9",
    "underscore": "1_000",
    "arabic digits": "١٢٣",
    "full-width digits": "９９",
    "not a number": "NaN",
    "infinity": "Infinity",
    "three decimals": "5.005",
    "2^63": str(2**63),
    "10^13": str(10**13),
    "empty": "",
    "grouped wrongly": "1,00",
    "hexadecimal": "0x10",
    "blank inside": "1 000",
    "plus": "+5",
    "formula": "=1+1",
    "leading zero": "007",
}
CURRENCIES = {
    "unknown": "zzz",
    "blank": "usd ",
    "not carried": "UGX",
    "empty": "",
    "long": "C" * 999,
}
TEXTS = {
    "formula": "=HYPERLINK(1)",
    "formula after a tab": "\t=1+1",
    "full-width formula": "＝1+1",
    "direction": "\u202egnp.exe",
    "nul": "a\x00b",
    "a megabyte": "长" * 350_000,
    "lines": "a\r\nb",
    "markup": "<script>alert(1)</script>",
    "link": "javascript:alert(1)",
    "path": "../../etc/passwd",
}
FILES = {
    "program": ("a.pdf.exe", PDF),
    "picture with script": ("a.svg", b"<svg><script>alert(1)</script></svg>"),
    "lying extension": ("a.pdf", b"MZ\x90\x00"),
    "page": ("a.pdf", b"<html><script>alert(1)</script>"),
    "empty": ("a.pdf", b""),
    "archive": ("a.pdf", b"PK\x03\x04" + b"\x00" * 99),
}


@pytest.fixture
def world(banked) -> World:
    """A paid milestone, one that is expected at the bank, a transfer to be paid, a complaint."""
    banked.pay(banked.first)
    return banked


def snapshot() -> dict[str, int]:
    """Return how many rows of money, files and deals there are."""
    labels = ("payments", "settlement", "deals", "files")
    return {
        model._meta.label: model._default_manager.count()
        for label in labels
        for model in apps.get_app_config(label).get_models()
        if model is not StoredFile
    }


def bank_line(amount: str = "5000.00", **fields: Any) -> dict[str, Any]:
    return {
        "amount": amount,
        "bank_reference": "X-1",
        "booked_on": str(timezone.localdate()),
        "evidence": SimpleUploadedFile("advice.pdf", PDF),
        **fields,
    }


Send = Callable[..., Any]


def receipt(world: World, visit: Any) -> Send:
    buyer = visit(world.buyer)
    buyer.post("pay", world.deal.pk, world.second.pk, data={"gateway": "bank"})
    charge = world.deal.agreements.get().milestones.get(pk=world.second.pk)
    from_code = apps.get_model("payments", "Charge").objects.get(reference=charge.pk)
    keeper = visit(world.dean)
    return lambda **fields: keeper.post("record_receipt", from_code.pk, data=bank_line(**fields))


def refund(world: World, visit: Any) -> Send:
    keeper = visit(world.bursar)
    base = {"reason": "x", "reference": NOBODY_S, "amount": "1.00"}
    at = (world.deal.pk, world.first.pk)
    return lambda **fields: keeper.post("refund", *at, data={**base, **fields})


def decision(world: World, visit: Any) -> Send:
    complaint = world.complain(world.first)
    judge = visit(make_administrator())
    base = {"outcome": "partial", "reason": "x", "amount": "1.00"}
    at = (world.deal.pk, complaint.pk)
    return lambda **fields: judge.post("decide_complaint", *at, data={**base, **fields})


def statement(world: World, visit: Any) -> Send:
    clerk = visit(world.dean)

    def send(amount: str = "5.00", **fields: Any) -> Any:
        return upload(clerk, world, csv(row("X-1", credit=amount.replace('"', ""))), **fields)

    return send


MEANT = {("statement", "negative")}
"""A bank takes a booking back by a negative amount in the same column."""

FORMS = {"receipt": receipt, "refund": refund, "decision": decision, "statement": statement}


@pytest.mark.parametrize("form", FORMS)
def test_bad_amounts_are_refused_at_every_form(world: World, visit, form) -> None:
    send = FORMS[form](world, visit)
    before = snapshot()
    for name, amount in AMOUNTS.items():
        if (form, name) in MEANT:
            continue
        answer = send(amount=amount)
        assert answer.status_code == 422, (form, name)
        assert b"errorlist" in answer.content, (form, name)
        assert snapshot() == before, (form, name)


def test_bad_currencies_are_refused(world: World, visit) -> None:
    send = statement(world, visit)
    before = snapshot()
    for name, currency in CURRENCIES.items():
        assert send(currency=currency).status_code == 422, name
    assert snapshot() == before
    text = csv({**row("X-1", credit="5.00"), "币种": "USD"}, headings=("币种", *row("x")))
    assert upload(visit(world.dean), world, text).status_code == 422
    assert snapshot() == before


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_texts_are_refused_or_kept_as_text(world: World, visit, text) -> None:
    for form, field in (("refund", "reason"), ("receipt", "bank_reference")):
        answer = FORMS[form](world, visit)(**{field: text})
        assert answer.status_code in (302, 422), (form, answer.status_code)
        assert b"<script>alert(1)" not in answer.content
    if text != TEXTS["path"]:
        entered = BankReceipt.objects.filter(state="recorded")
        assert not entered.exists(), "a bank's number has letters, digits and a few signs"
    assert not [refund for refund in Refund.objects.all() if "\x00" in refund.reason]
    keeper = visit(world.dean)
    answer = upload(keeper, world, csv(row("X-9", credit="5.00", purpose=text.replace('"', ""))))
    assert answer.status_code in (302, 422)
    for line in StatementLine.objects.all():
        assert line.purpose.isprintable()
        page = keeper.get("bank_line", line.pk)
        assert page.status_code == 200
        assert b"<script>alert(1)" not in page.content


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_odd_files_are_refused_as_evidence(world: World, visit, file) -> None:
    name, content = file
    send = receipt(world, visit)
    before = snapshot()
    answer = send(evidence=SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert snapshot() == before
    data = {
        "kind": "milestone",
        "milestone": str(world.first.pk),
        "against": str(world.deal.parties.get(role="institution").pk),
        "text": "x",
        "upload": SimpleUploadedFile(name, content),
    }
    buyer = visit(world.buyer)
    assert buyer.post("open_complaint", world.deal.pk, data=data).status_code == 422
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("odd", ["", "\x00", "9" * 400, "transfer:x", NOBODY_S, "=1"])
def test_odd_choices_are_refused(world: World, visit, odd) -> None:
    keeper = visit(world.dean)
    before = snapshot()
    assert keeper.post("payout_lists", data={"orders": [odd]}).status_code == 422
    assert (
        keeper.post("import_statement", data={"account": odd, "upload-held": odd}).status_code
        == 422
    )
    buyer = visit(world.buyer)
    data = dict.fromkeys(("kind", "milestone", "against", "text"), odd)
    if odd != "=1":
        assert buyer.post("open_complaint", world.deal.pk, data=data).status_code == 422
    assert snapshot() == before

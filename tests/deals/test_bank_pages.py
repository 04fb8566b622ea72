"""Finance at the bank, on the pages: statements, payout lists, what came back, what is owed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from brokers.deals import performance
from brokers.deals.models import Deal, Milestone
from brokers.payments import bank_entries
from brokers.payments.bank_entries import Line
from brokers.payments.models import (
    BankEntry,
    BankReceipt,
    BankReturn,
    BankStatement,
    Charge,
    Clearing,
    PayoutAccount,
    PayoutItem,
    PayoutList,
    StatementLine,
    Transfer,
)
from brokers.settlement import dues
from marketplace.outbox import effects
from tests.deals.card import ledger_check
from tests.deals.factories import PDF, World, pdf
from tests.factories import add_member, in_group, make_administrator, make_user
from tests.pages import errors_at, form_data, soup, text_of
from tests.payments.statement_files import ICBC, csv, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(banked) -> World:
    banked.charge = performance.pay(
        milestone=banked.first, gateway="bank", payer=banked.buyer, return_url="/"
    )
    return banked


def account(world: World) -> PayoutAccount:
    return PayoutAccount.objects.get(organisation=world.institution)


def upload(client: Any, world: World, text: str | bytes, **fields: Any) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    data = {
        "account": str(account(world).pk),
        "currency": "CNY",
        "upload": SimpleUploadedFile(fields.pop("name", "statement.csv"), content),
        **fields,
    }
    return client.post("import_statement", data=data)


def paid(world: World, reference: str = "S-1", **cells: Any) -> dict[str, str]:
    return row(reference, **{"credit": "10000.00", "purpose": world.charge.code, **cells})


def test_from_the_banks_file_to_the_books(world: World, visit) -> None:
    clerk, second = visit(world.dean), visit(world.bursar)
    assert "Import a bank statement" in text_of(clerk.get("import_statement"))
    answer = upload(clerk, world, csv(paid(world), row("S-2", credit="12.34", name="Bank")))
    statement = BankStatement.objects.get()
    assert answer.status_code == 302
    page = clerk.get("bank_statement", statement.pk)
    assert "Nothing like it is due" in text_of(page)
    assert "Confirm 1" not in text_of(page), "who entered it does not confirm it"
    assert clerk.post("confirm_statement", statement.pk).status_code == 302
    assert BankReceipt.objects.get().state == BankEntry.State.RECORDED
    page = second.get("bank_statement", statement.pk, lines="all")
    assert "To be confirmed" in text_of(page)
    assert "Confirm 1 entry" in text_of(page)
    second.post("confirm_statement", statement.pk)
    effects.process_due()
    assert Milestone.objects.get(pk=world.first.pk).paid_at
    assert ledger_check() == ""
    fee = StatementLine.objects.get(bank_reference="S-2")
    data = {"reason": "interest", "note": "third quarter"}
    assert clerk.post("explain_line", fee.pk, data=data).status_code == 302
    assert "Every line is cleared" in text_of(clerk.get("bank_statement", statement.pk))
    shown = text_of(clerk.get("bank_line", fee.pk))
    assert "interest: third quarter" in shown
    cleared = Clearing.objects.get(line=fee)
    assert clerk.post("reopen_line", fee.pk, cleared.pk).status_code == 302
    assert clerk.post("reopen_line", fee.pk, cleared.pk).status_code == 404
    assert text_of(clerk.get("bank_statements")).count("Sample university") >= 1


def test_bad_rows_are_listed_and_nothing_is_lost(world: World, visit) -> None:
    clerk = visit(world.dean)
    answer = upload(clerk, world, csv(paid(world), row("S-2", credit="1e4")))
    assert answer.status_code == 422
    assert "1e4" in text_of(answer)
    assert errors_at(answer, "upload")
    assert not BankStatement.objects.exists()
    data = form_data(answer, containing="upload-held")
    again = clerk.post("import_statement", data=data)
    assert "1e4" in text_of(again), "the file is still there"


def test_columns_that_are_not_known_are_asked_for(world: World, visit) -> None:
    clerk = visit(world.dean)
    text = csv(paid(world)).replace("交易流水号", "编码")
    asked = upload(clerk, world, text)
    assert asked.status_code == 422
    data = form_data(asked, containing="column-reference")
    assert data["column-reference"] == [""]
    assert data["column-credit"] == ["贷方发生额(收入)"]
    told = clerk.post("import_statement", data=data | {"column-reference": "编码"})
    assert told.status_code == 302, text_of(told)
    assert BankReceipt.objects.get().bank_reference == "S-1"
    again = upload(clerk, world, text.replace("S-1", "S-9").replace(world.charge.code, "x"))
    assert again.status_code == 302, "the layout was kept"


def test_a_line_is_entered_by_hand(world: World, visit) -> None:
    clerk = visit(world.dean)
    upload(clerk, world, csv(paid(world, purpose="no reference")))
    line = StatementLine.objects.get()
    page = clerk.get("bank_line", line.pk)
    assert "the reference is missing" in text_of(page)
    data = form_data(page, containing="subject")
    assert clerk.post("enter_line", line.pk, data=data).status_code == 302
    assert BankReceipt.objects.get().charge == world.charge
    for wrong in ({"subject": "charge:x"}, {}):
        assert clerk.post("enter_line", line.pk, data=wrong).status_code == 422
    assert BankReceipt.objects.count() == 1


def waiting_transfers(world: World) -> list[Transfer]:
    charge = world.charge
    charge.refresh_from_db()
    world.pay(world.first)
    world.settle(world.first)
    return list(Transfer.objects.filter(state=Transfer.State.BY_HAND))


def draw_up(world: World, visit: Any) -> PayoutList:
    waiting_transfers(world)
    clerk = visit(world.dean)
    page = clerk.get("payout_lists")
    boxes = soup(page).find_all("input", attrs={"name": "orders"})
    data = {"orders": [box["value"] for box in boxes]}
    assert clerk.post("payout_lists", data=data).status_code == 302
    again = clerk.post("payout_lists", data=data)
    assert again.status_code == 422
    assert "another list" in text_of(again)
    return PayoutList.objects.get()


def test_a_list_is_released_by_a_second_person_and_goes_to_the_bank(world: World, visit) -> None:
    PayoutAccount.objects.filter(user=world.researcher).update(holder="=HYPERLINK(1)")
    made = draw_up(world, visit)
    clerk, second = visit(world.dean), visit(world.bursar)
    assert clerk.post("release_list", made.pk).status_code == 403
    assert clerk.get("payout_list_csv", made.pk, "utf-8").status_code == 404
    assert second.post("release_list", made.pk).status_code == 302
    assert second.post("release_list", made.pk).status_code == 409
    text = clerk.get("payout_list_csv", made.pk, "utf-8").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    for transfer in Transfer.objects.all():
        assert transfer.code in text
        assert transfer.money.digits in text
    chinese = clerk.get("payout_list_csv", made.pk, "gb18030").content.decode("gb18030")
    assert chinese == text
    assert clerk.get("payout_list_csv", made.pk, "utf-16").status_code == 404
    assert "released" in text_of(clerk.get("payout_list", made.pk))
    debits = [
        row(f"O-{n}", debit=t.money.digits, purpose=t.code)
        for n, t in enumerate(Transfer.objects.all())
    ]
    upload(clerk, world, csv(*debits))
    second.post("confirm_statement", BankStatement.objects.get().pk)
    effects.process_due()
    assert {t.state for t in Transfer.objects.all()} == {"paid"}
    assert ledger_check() == ""


def test_a_list_with_a_closed_account_or_that_was_withdrawn_is_not_released(
    world: World, visit
) -> None:
    made = draw_up(world, visit)
    second = visit(world.bursar)
    PayoutAccount.objects.filter(user=world.researcher).update(status="closed")
    refused = second.post("release_list", made.pk)
    assert refused.status_code == 422
    assert "cannot receive" in text_of(refused)
    assert PayoutList.objects.get().state == PayoutList.State.DRAWN_UP
    assert visit(world.dean).post("withdraw_list", made.pk).status_code == 302
    assert second.post("release_list", made.pk).status_code == 409
    assert not PayoutItem.objects.filter(stands=True).exists()


def test_what_was_recorded_at_the_bank_does_not_go_there_again(world: World, visit) -> None:
    made = draw_up(world, visit)
    transfer = Transfer.objects.order_by("pk")[0]
    fields: dict[str, Any] = {
        "order": transfer,
        "line": Line(
            amount=transfer.money,
            bank_reference="B-1",
            booked_on=timezone.localdate(),
            evidence=pdf(),
        ),
        "recorded_by": world.bursar,
    }
    entry = bank_entries.record_payout(**fields)
    second = visit(world.bursar)
    refused = second.post("release_list", made.pk)
    assert refused.status_code == 422
    assert f"what became of “{transfer.code}”" in text_of(refused)
    bank_entries.reject(entry=entry, reason="no", rejected_by=world.dean)
    assert second.post("release_list", made.pk).status_code == 302
    back = bank_entries.record_return(**fields, note="x")
    bank_entries.confirm(entry=back, confirmed_by=world.dean)
    text = second.get("payout_list_csv", made.pk, "utf-8").content.decode("utf-8-sig")
    others = Transfer.objects.exclude(pk=transfer.pk)
    assert {one.code in text for one in others} == {True}
    assert transfer.code not in text, "it is owed, and paid, anew"


def test_what_came_back_is_owed_and_paid_again(world: World, visit, mailoutbox) -> None:
    transfers = waiting_transfers(world)
    transfer = next(t for t in transfers if t.account.user == world.researcher)
    world.pay_by_hand(transfer)
    clerk, second = visit(world.dean), visit(world.bursar)
    assert "It came back" in text_of(clerk.get("treasury"))
    data = {
        "amount": transfer.money.digits,
        "bank_reference": "BACK-1",
        "booked_on": str(timezone.localdate()),
        "evidence": SimpleUploadedFile("advice.pdf", PDF),
        "note": "户名不符",
    }
    args = ("record_return", "transfer", transfer.pk)
    assert clerk.get(*args).status_code == 200
    silent = clerk.post(*args, data={**data, "note": ""})
    assert silent.status_code == 422
    assert errors_at(silent, "note")
    data["evidence"].seek(0)
    assert clerk.post(*args, data=data).status_code == 302
    entry = BankReturn.objects.get()
    assert "户名不符" in text_of(second.get("bank_entry", "returns", entry.pk))
    assert clerk.post("confirm_entry", "returns", entry.pk).status_code == 403
    assert second.post("confirm_entry", "returns", entry.pk).status_code == 302
    effects.process_due()
    transfer.refresh_from_db()
    assert transfer.state == "failed"
    told = [mail.to for mail in mailoutbox if "did not arrive" in mail.subject]
    assert told == [[world.researcher.email]]
    owed = {due.payee.id: due.amount for due in dues.of_deal(world.deal.pk)}
    assert owed == {world.researcher.pk: transfer.money}
    assert ledger_check() == ""
    page = clerk.get("owed")
    assert "户名不符" in text_of(page)
    assert clerk.post("pay_again", world.deal.pk).status_code == 302
    effects.process_due()
    retried = Transfer.objects.exclude(pk__in=[t.pk for t in transfers]).get()
    assert (retried.money, retried.state) == (transfer.money, "by_hand")
    assert dues.of_deal(world.deal.pk) == []
    assert ledger_check() == ""


def test_others_find_nothing_at_the_bank(world: World, visit) -> None:
    upload(visit(world.dean), world, csv(paid(world), row("S-2", credit="1.00")))
    statement, line = BankStatement.objects.get(), StatementLine.objects.first()
    made = PayoutList.objects.create(
        collector=world.institution, currency="CNY", drawn_up_by=world.dean
    )
    stranger = World()
    for person in (
        world.researcher,
        world.broker,
        world.buyer,
        stranger.dean,
        add_member(world.institution),
        make_user(),
    ):
        client = visit(person)
        for get in (
            ("bank_statement", statement.pk),
            ("bank_line", line.pk),
            ("payout_list", made.pk),
            ("payout_list_csv", made.pk, "utf-8"),
            ("record_return", "transfer", made.pk),
        ):
            assert client.get(*get).status_code == 404, get
        for post in (
            ("confirm_statement", statement.pk),
            ("enter_line", line.pk),
            ("explain_line", line.pk),
            ("release_list", made.pk),
            ("withdraw_list", made.pk),
            ("pay_again", world.deal.pk),
        ):
            assert client.post(*post, data={"reason": "fee"}).status_code == 404, post
        foreign = upload(client, world, csv(row("X-1", credit="1.00")))
        assert foreign.status_code in (404, 422)
    assert BankStatement.objects.count() == 1
    assert Clearing.objects.count() == 1
    assert PayoutList.objects.get().state == PayoutList.State.DRAWN_UP
    for person in (in_group(make_user(), "Finance"), make_administrator()):
        assert visit(person).get("bank_statement", statement.pk).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"%PDF-1.4 not a table"),
        ("a.pdf", PDF),
        ("a.csv.exe", b"Date,Reference,Amount\n"),
        ("a.csv", b"\x00\x01"),
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe" + "日期".encode("utf-16-le")),
        ("../../x.svg", b"<svg><script>alert(1)</script></svg>"),
    ],
)
def test_what_is_no_table_is_refused(world: World, visit, name, content) -> None:
    answer = upload(visit(world.dean), world, content, name=name)
    assert answer.status_code == 422
    assert errors_at(answer, "upload")
    assert not BankStatement.objects.exists()


def test_a_deal_in_which_nothing_is_owed_is_not_paid_again(world: World, visit) -> None:
    assert "Nothing is owed" in text_of(visit(world.dean).get("owed"))
    assert visit(world.dean).post("pay_again", world.deal.pk).status_code == 404
    assert Deal.objects.get(pk=world.deal.pk).events.filter(kind="payout_retried").count() == 0
    assert Charge.objects.count() == 1
    assert ICBC

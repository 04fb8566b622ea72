"""A statement pays what it names by reference, amount and day; every difference waits for a person."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from brokers.payments import bank_entries, charges, orders, payout_accounts, registry, transfers
from brokers.payments.models import (
    BankEntry,
    BankReceipt,
    BankReturn,
    BankStatement,
    Charge,
    Clearing,
    Order,
    StatementLayout,
    StatementLine,
)
from brokers.payments.statements import clearing, importing, sheet
from brokers.payments.statements.importing import BadRows
from brokers.payments.statements.matching import Verdict
from marketplace.files.models import StoredFile
from marketplace.money import Money
from tests.payments.conftest import settle
from tests.payments.statement_files import ICBC, csv, row, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

DUE = Money(10_000_00, "CNY")


@pytest.fixture
def clerk(make_user):
    return make_user(finance=True)


@pytest.fixture
def checker(make_user):
    return make_user(finance=True)


@pytest.fixture
def charge(make_charge, collector):
    return make_charge(DUE, gateway="bank", collector=collector)


@pytest.fixture
def take_in(account, clerk):
    def take(*rows, text="", **kwargs) -> BankStatement:
        upload = uploaded(text or csv(*rows), **kwargs)
        layout = importing.layout_for(account, sheet.read(upload.content))
        return importing.take_in(
            account=account, upload=upload, layout=layout, currency="CNY", by=clerk
        )

    return take


@pytest.fixture
def transfer(account, collector, make_organisation, make_user):
    """A transfer that waits to be made at the bank."""
    payee = make_organisation("brokerage")
    own = payout_accounts.open_account(
        owner=payee,
        gateway="bank",
        opened_by=make_user(owner=payee),
        holder="A sample brokerage",
        bank="A sample bank",
        number="6222020000009999",
    )
    made = transfers.request(
        reference=uuid.uuid4(), account=own, amount=Money(1_000_00, "CNY"), collector=collector
    )
    settle()
    made.refresh_from_db()
    return made


def verdict(account) -> list[Verdict]:
    return [finding.verdict for finding in clearing.findings(account, "CNY").values()]


def test_reference_amount_and_day_enter_a_receipt_that_a_second_person_confirms(
    take_in, charge, clerk, checker, announced, account
) -> None:
    code = f"{charge.code[:4]}-{charge.code[4:]}".lower()
    statement = take_in(row("ICBC-1", credit="10,000.00", purpose=f"技术开发费 {code} 首付"))
    receipt = BankReceipt.objects.get()
    assert (receipt.charge, receipt.state, receipt.recorded_by) == (charge, "recorded", clerk)
    assert (receipt.bank_reference, receipt.evidence) == ("ICBC-1", statement.file)
    charge.refresh_from_db()
    assert charge.state == Charge.State.OPEN
    assert clearing.confirm_entries(statement=statement, by=clerk) == 0
    assert clearing.confirm_entries(statement=statement, by=checker) == 1
    assert announced.of(charge) == ["charge_paid"]
    assert clearing.open_lines(account, "CNY") == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"credit": "9999.99", "purpose": "{code}"}, Verdict.LESS),
        ({"credit": "10000.01", "purpose": "{code}"}, Verdict.MORE),
        ({"credit": "10000.00", "purpose": "{code}", "day": "2020-01-05"}, Verdict.EARLY),
        ({"credit": "10000.00", "purpose": "no reference"}, Verdict.ALIKE),
        ({"credit": "12.34", "purpose": "interest"}, Verdict.UNKNOWN),
        ({"debit": "10000.00", "purpose": "{code}"}, Verdict.UNKNOWN),
        ({"credit": "10000.00", "purpose": "X{code}"}, Verdict.ALIKE),
    ],
)
def test_differences_are_left_for_a_person(take_in, charge, account, cells, expected) -> None:
    cells = {name: text.format(code=charge.code) for name, text in cells.items()}
    take_in(row("ICBC-1", **cells))
    assert verdict(account) == [expected]
    assert not BankReceipt.objects.exists()


def test_a_sum_may_arrive_in_parts_and_in_two_statements(
    take_in, charge, account, checker, announced
) -> None:
    take_in(row("P-1", credit="4000.00", purpose=charge.code))
    assert verdict(account) == [Verdict.LESS]
    second = take_in(row("P-2", credit="6000.00", purpose=charge.code))
    assert verdict(account) == []
    assert sorted(Clearing.objects.values_list("line__bank_reference", "amount")) == [
        ("P-1", 400_000),
        ("P-2", 600_000),
    ]
    clearing.confirm_entries(statement=second, by=checker)
    assert announced.of(charge) == ["charge_paid"]


def test_too_much_is_entered_as_far_as_it_is_due_and_the_rest_stays_open(
    take_in, charge, account, clerk
) -> None:
    take_in(row("M-1", credit="10500.00", purpose=charge.code))
    line = StatementLine.objects.get()
    clearing.enter(line=line, subject=charge, by=clerk)
    rest = clearing.left(clearing.with_left(StatementLine.objects.all()).get())
    assert (BankReceipt.objects.get().money, rest) == (DUE, Money(500_00, "CNY"))
    explained = clearing.explain(line=line, reason="sent_back", note="", by=clerk)
    assert explained.money == rest
    with pytest.raises(ValidationError):
        clearing.explain(line=line, reason="sent_back", note="", by=clerk)
    clearing.take_back(clearing=explained, by=clerk)
    assert clearing.left(clearing.with_left(StatementLine.objects.all()).get()) == rest


def test_too_little_is_not_entered(take_in, charge, account, clerk) -> None:
    take_in(row("L-1", credit="9000.00", purpose=charge.code))
    with pytest.raises(ValidationError, match=r"9000\.00"):
        clearing.enter(line=StatementLine.objects.get(), subject=charge, by=clerk)
    assert not BankReceipt.objects.exists()
    assert not Clearing.objects.exists()


def test_a_rejected_match_is_not_made_again_by_itself(take_in, charge, account, checker) -> None:
    take_in(row("R-1", credit="10000.00", purpose=charge.code))
    bank_entries.reject(entry=BankReceipt.objects.get(), reason="no", rejected_by=checker)
    assert verdict(account) == [Verdict.EXACT], "a person may still enter it"
    take_in(row("R-2", credit="1.00"))
    assert BankReceipt.objects.exclude(state=BankEntry.State.REJECTED).count() == 0


def test_what_somebody_entered_by_hand_is_found_again(
    take_in, charge, account, clerk, line, checker
) -> None:
    seen = line(DUE, bank_reference="H-1")
    entry = bank_entries.record_receipt(charge=charge, line=seen, recorded_by=checker)
    take_in(row("H-1", credit="10000.00", purpose="no reference"))
    assert Clearing.objects.get().receipt == entry
    assert BankReceipt.objects.count() == 1


def test_paid_twice_is_told(take_in, charge, account, checker) -> None:
    first = take_in(row("T-1", credit="10000.00", purpose=charge.code))
    clearing.confirm_entries(statement=first, by=checker)
    take_in(row("T-2", credit="10000.00", purpose=charge.code))
    assert verdict(account) == [Verdict.AGAIN]
    assert BankReceipt.objects.count() == 1


def test_money_for_a_payment_that_was_given_up_is_told(take_in, charge, account) -> None:
    charges.cancel(charge=charge)
    take_in(row("C-1", credit="10000.00", purpose=charge.code))
    assert verdict(account) == [Verdict.CLOSED]
    assert not BankReceipt.objects.exists()


def test_the_same_file_is_imported_once(take_in, charge, account) -> None:
    rows = [row("D-1", credit="10000.00", purpose=charge.code), row("D-2", credit="5.00")]
    take_in(*rows)
    with pytest.raises(ValidationError) as caught:
        take_in(*rows)
    assert caught.value.code == "imported"
    with pytest.raises(ValidationError, match="earlier statements"):
        take_in(*rows, encoding="gb18030")
    assert (BankStatement.objects.count(), StatementLine.objects.count()) == (1, 2)
    overlapping = take_in(*rows, row("D-3", credit="1.00"))
    assert (overlapping.known_lines, StatementLine.objects.count()) == (2, 3)
    assert BankReceipt.objects.count() == 1


def test_one_bad_row_and_nothing_is_imported(take_in, charge) -> None:
    good = row("B-1", credit="10000.00", purpose=charge.code)
    with pytest.raises(BadRows) as caught:
        take_in(good, row("B-2", credit="1e4"))
    assert [problem.number for problem in caught.value.problems] == [3]
    for kind in (BankStatement, StatementLine, BankReceipt, StatementLayout):
        assert not kind.objects.exists(), kind


def test_the_layout_is_kept_for_the_account(take_in, account, clerk) -> None:
    headings = tuple(name.replace("附言", "给收款人的话").replace("摘要", "类别") for name in ICBC)
    one = {"给收款人的话": "x", **row("K-1", credit="5.00")}
    text = csv(one, headings=headings)
    layout = {**importing.guess(headings), "purpose": "给收款人的话"}
    upload = uploaded(text)
    importing.take_in(account=account, upload=upload, layout=layout, currency="CNY", by=clerk)
    assert importing.layout_for(account, sheet.read(text.encode())) == layout
    other = sheet.read(csv(row("1", credit="1")).encode())
    assert importing.layout_for(account, other) == importing.guess(ICBC)


def test_a_payout_is_found_by_its_code(take_in, transfer, account, checker, announced) -> None:
    statement = take_in(row("O-1", debit="1000.00", purpose=transfer.code))
    clearing.confirm_entries(statement=statement, by=checker)
    assert announced.of(transfer) == ["transfer_paid"]


def test_a_payout_without_code_is_suggested_only(take_in, transfer, account) -> None:
    take_in(row("O-1", debit="1000.00", number="6222020000009999"))
    (finding,) = clearing.findings(account, "CNY").values()
    assert (finding.verdict, list(finding.subjects)) == (Verdict.ALIKE, [transfer])


def test_money_that_comes_back_is_owed_again_once_two_people_say_so(
    take_in, transfer, account, clerk, checker, announced, collector
) -> None:
    paid = take_in(row("O-1", debit="1000.00", purpose=transfer.code))
    clearing.confirm_entries(statement=paid, by=checker)
    settle()
    before = registry.get("bank").balances()
    back = take_in(row("O-2", credit="1000.00", number="6222020000009999", purpose="退汇 户名不符"))
    (finding,) = clearing.findings(account, "CNY").values()
    assert (finding.verdict, list(finding.subjects)) == (Verdict.RETURNED, [transfer])
    line = StatementLine.objects.get(bank_reference="O-2")
    clearing.enter(line=line, subject=transfer, by=clerk)
    transfer.refresh_from_db()
    assert transfer.state == Order.State.PAID
    assert clearing.confirm_entries(statement=back, by=checker) == 1
    transfer.refresh_from_db()
    assert (transfer.state, transfer.failure) == (Order.State.FAILED, "退汇 户名不符 转账")
    assert announced.of(transfer) == ["transfer_paid", "transfer_failed"]
    key = (f"organisation:{collector.pk}", "CNY")
    assert registry.get("bank").balances().get(key, 0) == before[key] + 1_000_00


def test_a_transfer_that_the_bank_refuses_fails(transfer, line, clerk, checker, announced) -> None:
    seen = line(transfer.money)
    entry = bank_entries.record_return(
        order=transfer, line=seen, note="户名不符", recorded_by=clerk
    )
    assert not entry.came_back
    with pytest.raises(ValidationError):
        bank_entries.confirm(entry=entry, confirmed_by=clerk)
    bank_entries.confirm(entry=entry, confirmed_by=checker)
    assert announced.of(transfer) == ["transfer_failed"]
    assert registry.get("bank").balances() == {}
    with pytest.raises(ValidationError):
        bank_entries.record_return(order=transfer, line=seen, note="x", recorded_by=clerk)
    assert BankReturn.objects.count() == 1


def test_a_held_transfer_is_not_paid_until_it_is_let_go(transfer, line, clerk) -> None:
    transfers.hold([transfer.reference])
    with pytest.raises(ValidationError, match="held"):
        bank_entries.record_payout(order=transfer, line=line(transfer.money), recorded_by=clerk)
    transfers.let_go([transfer.reference])
    assert bank_entries.record_payout(order=transfer, line=line(transfer.money), recorded_by=clerk)


def test_what_was_recorded_at_the_bank_is_not_held(transfer, line, clerk) -> None:
    bank_entries.record_payout(order=transfer, line=line(transfer.money), recorded_by=clerk)
    transfers.hold([transfer.reference])
    transfer.refresh_from_db()
    assert not transfer.held


def test_a_held_transfer_is_never_sent(make_transfer, loopback) -> None:
    waiting = make_transfer()
    transfers.hold([waiting.reference])
    settle()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.sent_at) == (Order.State.REQUESTED, None)
    read_before = type(waiting).objects.get(pk=waiting.pk)
    read_before.held = False
    orders._send(read_before, registry.get("stripe"))
    assert loopback.list("transfers") == [], "held in the moment between reading and sending"
    transfers.let_go([waiting.reference])
    settle()
    waiting.refresh_from_db()
    assert waiting.state == Order.State.PAID
    transfers.hold([waiting.reference])
    transfers.call_off([waiting.reference], "x")
    waiting.refresh_from_db()
    assert waiting.state == Order.State.PAID


def test_a_payment_that_may_have_been_refused_is_not_recorded_as_made(
    transfer, line, clerk, checker
) -> None:
    seen = line(transfer.money)
    bank_entries.record_return(order=transfer, line=seen, note="x", recorded_by=clerk)
    with pytest.raises(ValidationError, match="return"):
        bank_entries.record_payout(order=transfer, line=seen, recorded_by=checker)


def test_a_day_before_the_order_is_left_to_a_person(take_in, transfer, account) -> None:
    day = f"{timezone.localdate() - timedelta(days=3):%Y%m%d}"
    take_in(row("O-1", debit="1000.00", purpose=transfer.code, day=day))
    assert verdict(account) == [Verdict.EARLY]


def test_files_stay_with_their_statements(take_in, charge) -> None:
    statement = take_in(row("F-1", credit="1.00"))
    assert list(StoredFile.objects.all()) == [statement.file]

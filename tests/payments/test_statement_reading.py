"""Banks' files: their columns, encodings and oddities are understood; every bad row is named."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from brokers.payments.statements import sheet
from brokers.payments.statements.columns import complete, guess
from brokers.payments.statements.importing import BadRows, read_lines
from marketplace.money import Money
from tests.payments.statement_files import ICBC, ONE_AMOUNT, csv, row


def lines(text: str, *, encoding: str = "utf-8", currency: str = "CNY"):
    table = sheet.read(text.encode(encoding))
    return read_lines(table, guess(table.headings), currency)


def problems(text: str, **kwargs):
    with pytest.raises(BadRows) as caught:
        lines(text, **kwargs)
    return [(p.number, p.heading, str(p.message)) for p in caught.value.problems]


@pytest.mark.parametrize("headings", [ICBC, ONE_AMOUNT])
def test_the_usual_columns_are_known(headings) -> None:
    layout = guess(headings)
    assert complete(layout, headings)
    assert set(layout.values()) == set(headings)


@pytest.mark.parametrize(
    "headings",
    [
        ("Booking date", "Transaction number", "Amount", "Balance", "Counterparty", "Purpose"),
        ("Date", "Reference", "Money in", "Money out", "Description"),
        (
            "交易时间",
            "交易流水号",
            "收入金额/元",
            "支出金额/元",
            "账户余额",
            "对方单位名称",
            "用途",
            "备注",
        ),
    ],
)
def test_other_banks_columns_are_known(headings) -> None:
    assert complete(guess(headings), headings)


def test_a_layout_needs_day_number_and_one_way_of_amount() -> None:
    headings = [*ICBC, "交易金额"]
    whole = guess(ICBC)
    assert complete(whole, headings)
    for changes in (
        {"day": None},
        {"reference": None},
        {"credit": None},
        {"amount": "交易金额"},
        {"purpose": "not there"},
    ):
        changed = {k: v for k, v in {**whole, **changes}.items() if v}
        assert not complete(changed, headings), changes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_both_encodings_and_what_banks_write_around_the_table(encoding) -> None:
    text = csv(
        row("A-1", credit="1,234,567.80", day="20260105", purpose="货款\t"),
        row("A-2", debit="0.05", day="2026/1/6 09:30:11"),
        {"交易日期": "合计", "贷方发生额(收入)": "1,234,567.80"},
        preamble="账号:,6222020000001234\r\n户名:,示例大学\r\n\r\n",
    ).replace('"A-2"', "\"='A-2'\"".replace("='A-2'", "A-2\t"))
    first, second = lines(text, encoding=encoding)
    assert first.money == Money(123_456_780, "CNY")
    assert (first.number, second.number) == (5, 6)
    assert (first.booked_on, second.booked_on) == (date(2026, 1, 5), date(2026, 1, 6))
    assert second.money == Money(-5, "CNY")
    assert second.bank_reference == "A-2"
    assert first.counterparty == "示例制造公司"
    assert first.purpose == "货款 转账"


def test_one_amount_column_with_direction_or_sign() -> None:
    rows = [
        {
            "记账日期": "2026年1月5日",
            "流水号": "1",
            "借贷标志": "贷",
            "交易金额": "10.00",
            "币种": "人民币",
        },
        {
            "记账日期": "2026-01-05",
            "流水号": "2",
            "借贷标志": "借",
            "交易金额": "3.00",
            "币种": "CNY",
        },
    ]
    amounts = [line.money.amount for line in lines(csv(*rows, headings=ONE_AMOUNT))]
    assert amounts == [1000, -300]
    signed = "Date,Reference,Amount\n2026-01-05,1,-7.50\n2026-01-05,2,8\n"
    assert [line.money.amount for line in lines(signed)] == [-750, 800]


@pytest.mark.parametrize("currency", ["CNY", "USD", "EUR", "HKD", "JPY"])
def test_every_currency_by_its_own_decimals(currency) -> None:
    text = "Date,Reference,Amount\n2026-01-05,1,1200\n"
    assert lines(text, currency=currency)[0].money.digits in ("1200", "1200.00")
    whole = "Date,Reference,Amount\n2026-01-05,1,0.1\n"
    if currency == "JPY":
        assert problems(whole, currency=currency)


@pytest.mark.parametrize(
    "amount",
    ["0", "−1", "-0", "1e2", "1E+9", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", "1,00",
     "9223372036854775808", "10000000000000", "=1+1", "+5", "0x10", "1 000"],
)  # fmt: skip
def test_odd_amounts_are_named_by_line(amount) -> None:
    text = csv(row("A-1", credit="5.00"), row("A-2", credit=amount))
    ((number, heading, message),) = problems(text)
    assert number == 3
    assert heading in ("贷方发生额(收入)", "借方发生额(支取)")
    assert message


def test_every_bad_cell_is_named() -> None:
    future = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    text = csv(
        row("A-1", credit="5.00"),
        row("A 2", credit="x", day="31.01.2026"),
        row("A-3", credit="1.00", debit="1.00"),
        row("A-4", credit="1.00", day=future),
        row("A-5", credit="1.00", day="2026-02-30"),
        row("A-1", credit="5.00"),
    )
    found = problems(text)
    assert [number for number, _heading, _message in found] == [3, 3, 3, 4, 5, 6, 7]
    assert "line 2" in found[-1][2]


def test_a_line_that_is_missing_shows_in_the_balance() -> None:
    good = [
        row("A-1", credit="5.00", balance="105.00"),
        row("A-2", debit="105.00", balance="0.00"),
        row("A-3", credit="1.00", balance="1.00"),
    ]
    assert len(lines(csv(*good))) == 3
    assert len(lines(csv(*reversed(good)))) == 3
    ((number, heading, _message),) = problems(csv(good[0], good[2]))
    assert (number, heading) == (3, "余额")


def test_another_currency_than_the_statements_is_refused() -> None:
    text = csv(
        {
            "记账日期": "2026-01-05",
            "流水号": "1",
            "借贷标志": "贷",
            "交易金额": "1",
            "币种": "美元",
        },
        headings=ONE_AMOUNT,
    )
    ((number, heading, _message),) = problems(text)
    assert (number, heading) == (2, "币种")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "headings"),
        (b"a,b\n1,2\n", "headings"),
        (csv(row("1", credit="1")).encode()[:-9] + b"\xff\xfe\n", "encoding"),
        (b"\xe4\xbd\xa0" * 50 + b"\xff", "encoding"),
        (b'Date,Reference,Amount\n2026-01-05,"1,5\n', "quotes"),
        (b"Date,Reference,Amount\n2026-01-05," + b"1" * 5000 + b",5\n", "quotes"),
        (b"Date,Reference,Amount\n" + b"2026-01-05,1,5\n" * 20_001, "too_long"),
    ],
    ids=["empty", "no headings", "damaged", "damaged", "quotes", "endless", "too long"],
)
def test_what_is_no_statement_is_refused(content, code) -> None:
    with pytest.raises(ValidationError) as caught:
        sheet.read(content)
    assert caught.value.code == code

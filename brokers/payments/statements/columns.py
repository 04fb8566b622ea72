"""Which column of a bank's file says what.

Invariant: a layout names headings of the file, says day, transaction number and amount, and states the
amount in one way: one column for both directions, or one for each.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Column(TextChoices):
    DAY = "day", _("Day")
    REFERENCE = "reference", _("Bank's transaction number")
    CREDIT = "credit", _("Money in")
    DEBIT = "debit", _("Money out")
    AMOUNT = "amount", _("Amount, for both directions")
    DIRECTION = "direction", _("Direction of that amount")
    BALANCE = "balance", _("Balance after it")
    CURRENCY = "currency", _("Currency")
    COUNTERPARTY = "counterparty", _("Other party")
    COUNTERPARTY_ACCOUNT = "counterparty_account", _("Its account")
    PURPOSE = "purpose", _("Purpose")
    REMARK = "remark", _("Further remark")


Layout: TypeAlias = dict[str, str]
"""Headings by column name; what the file does not say is absent."""

REQUIRED = (Column.DAY, Column.REFERENCE)

# What mainland banks call the columns of their exports, the most exact names first.
_USUAL: dict[Column, tuple[str, ...]] = {
    Column.DAY: ("记账日期", "入账日期", "交易日期", "交易日", "交易时间", "日期", "booking date",
                 "booked on", "transaction date", "date"),
    Column.REFERENCE: ("交易流水号", "核心流水号", "银行流水号", "流水号", "交易序号", "交易参考号",
                       "业务编号", "回单编号", "凭证号", "transaction number", "transaction id",
                       "bank reference", "reference"),
    Column.CREDIT: ("贷方发生额", "贷方金额", "收入金额", "转入金额", "存入金额", "收入", "贷方",
                    "credit amount", "money in", "credit"),
    Column.DEBIT: ("借方发生额", "借方金额", "支出金额", "转出金额", "支取金额", "支出", "借方",
                   "debit amount", "money out", "debit"),
    Column.AMOUNT: ("交易金额", "发生额", "金额", "transaction amount", "amount"),
    Column.DIRECTION: ("借贷标志", "借贷方向", "借/贷", "收支方向", "收支标志", "收/支", "交易方向",
                       "debit/credit", "direction", "dc"),
    Column.BALANCE: ("账户余额", "交易后余额", "本次余额", "余额", "balance"),
    Column.CURRENCY: ("币种", "货币", "currency"),
    Column.COUNTERPARTY: ("对方户名", "对方账户名称", "对方名称", "对方单位名称", "对方单位",
                          "收付款人名称", "对手方户名", "counterparty name", "counterparty", "name"),
    Column.COUNTERPARTY_ACCOUNT: ("对方账号", "对方账户", "收付款人账号", "对手方账号",
                                  "counterparty account", "account"),
    Column.PURPOSE: ("用途", "附言", "交易附言", "摘要", "交易摘要", "purpose", "details",
                     "description"),
    Column.REMARK: ("备注", "摘要", "交易摘要", "附言", "用途", "remark", "note"),
}  # fmt: skip


def normal(heading: str) -> str:
    """Return `heading` as headings are compared: width, case, blanks, units and brackets aside."""
    text = unicodedata.normalize("NFKC", heading).partition("(")[0]
    return " ".join(text.casefold().removesuffix("/元").split())


def guess(headings: Sequence[str]) -> Layout:
    """Return the layout that the usual names of `headings` tell; no heading is used twice."""
    known = {normal(heading): heading for heading in reversed(headings) if heading}
    layout: Layout = {}
    for column, names in _USUAL.items():
        found = (known[name] for name in names if known.get(name, "") not in ("", *layout.values()))
        if heading := next(found, ""):
            layout[column.value] = heading
    if Column.CREDIT in layout and Column.DEBIT in layout:
        layout.pop(Column.AMOUNT, None)
        layout.pop(Column.DIRECTION, None)
    return layout


def complete(layout: Mapping[str, str], headings: Sequence[str]) -> bool:
    """Whether `layout` says all that is needed, by headings that are there."""
    if any(heading not in headings for heading in layout.values()):
        return False
    in_two = Column.CREDIT in layout and Column.DEBIT in layout
    one_way = in_two != (Column.AMOUNT in layout)
    return one_way and all(column in layout for column in REQUIRED)

"""Bank statements as banks export them, made in code: names and numbers are made up."""

from django.core.files.base import ContentFile
from django.utils import timezone

from marketplace.files import uploads
from marketplace.files.uploads import Upload

ICBC = (
    "交易日期",
    "交易流水号",
    "借方发生额(支取)",
    "贷方发生额(收入)",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "附言",
)
ONE_AMOUNT = ("记账日期", "流水号", "借贷标志", "交易金额", "币种", "对方户名", "用途")


def row(reference: str, credit: str = "", debit: str = "", **cells: str) -> dict[str, str]:
    """Return a row with ICBC's columns; `cells`: day, balance, name, number, purpose."""
    return {
        "交易日期": cells.get("day", f"{timezone.localdate():%Y-%m-%d}"),
        "交易流水号": reference,
        "借方发生额(支取)": debit,
        "贷方发生额(收入)": credit,
        "余额": cells.get("balance", ""),
        "对方户名": cells.get("name", "示例制造公司"),
        "对方账号": cells.get("number", "6222020000007777"),
        "摘要": "转账",
        "附言": cells.get("purpose", ""),
    }


def csv(*rows: dict[str, str], headings: tuple[str, ...] = ICBC, preamble: str = "") -> str:
    lines = [",".join(headings)]
    lines += [",".join(f'"{one.get(name, "")}"' for name in headings) for one in rows]
    return preamble + "\r\n".join(lines) + "\r\n"


def uploaded(text: str | bytes, *, encoding: str = "utf-8-sig") -> Upload:
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return uploads.check(ContentFile(content, name="statement.csv"))

"""What people type and choose in forms about money."""

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.money import Money
from tests.deals.factories import PDF

BAD_AMOUNTS = [
    "-1", "-0", "1e2", "1E+9", "1_000", "١٢٣", "９９", "NaN", "Infinity", "5.005", "1,000",
    "9223372036854775808", "10000000000000", "",
]  # fmt: skip


def upload(content: bytes = PDF, name: str = "paper.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")

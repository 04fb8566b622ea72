"""Bank statements as they were imported, and what became of each line.

Invariants, kept by the database: a file is imported once for an account; a line of an account is kept
once, however often statements overlap; a clearing takes a part of its line and has one reason.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments.models.accounts import PayoutAccount
from brokers.payments.models.bank import BankPayout, BankReceipt, BankReturn
from marketplace.amounts import CurrencyField, money_property
from marketplace.files.models import StoredFile


class StatementLayout(models.Model):
    """Which column of an account's statements says what: headings by the names of `columns.Column`."""

    account = models.OneToOneField(
        PayoutAccount, models.CASCADE, primary_key=True, related_name="statement_layout"
    )
    headings = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("layout of bank statements")
        verbose_name_plural = _("layouts of bank statements")

    def __str__(self) -> str:
        return str(self.account)


class BankStatement(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="statements")
    currency = CurrencyField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    known_lines = models.PositiveIntegerField(_("lines known already"), default=0)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("imported"), default=timezone.now)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering: ClassVar = ["-imported_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "sha256"], name="bank_statement_once")
        ]

    def __str__(self) -> str:
        return f"{self.account.owner} {self.first_day} – {self.last_day}"


class StatementLine(models.Model):
    """`amount` is above zero for what came in; `number` is the line in the file."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    account = models.ForeignKey(PayoutAccount, models.PROTECT, related_name="statement_lines")
    number = models.PositiveIntegerField(_("line"))
    booked_on = models.DateField(_("booked on"))
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    bank_reference = models.CharField(_("bank's transaction number"), max_length=64)
    counterparty = models.CharField(_("other party"), max_length=200, blank=True)
    counterparty_account = models.CharField(_("its account"), max_length=64, blank=True)
    purpose = models.CharField(_("purpose"), max_length=500, blank=True)
    balance = models.BigIntegerField(_("balance after it"), null=True)

    money = money_property("amount")
    balance_money = money_property("balance")

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of bank statements")
        ordering: ClassVar = ["booked_on", "statement", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "bank_reference", "amount"], name="statement_line_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="statement_line_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_reference} · {self.money}"


def _one_cause() -> Q:
    """Return the condition that a clearing is one entry in the books, or has one reason."""
    entries = ("receipt", "payout", "returned")
    causes = Q()
    for cause in (*entries, ""):
        absent = Q(**{f"{entry}__isnull": entry != cause for entry in entries})
        causes |= absent & (Q(reason="") if cause else ~Q(reason=""))
    return causes


class Clearing(models.Model):
    """What `amount` of a line is: an entry in the books, or what a person says it is."""

    class Reason(models.TextChoices):
        FEE = "fee", _("bank charge")
        INTEREST = "interest", _("interest")
        OTHER = "other", _("other business of this account")
        SENT_BACK = "sent_back", _("paid too much, given back")
        UNKNOWN = "unknown", _("sender unknown, given back")

    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="clearings")
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    receipt = models.ForeignKey(BankReceipt, models.PROTECT, related_name="clearings", null=True)
    payout = models.ForeignKey(BankPayout, models.PROTECT, related_name="clearings", null=True)
    returned = models.ForeignKey(BankReturn, models.PROTECT, related_name="clearings", null=True)
    reason = models.CharField(
        _("what this line is"), max_length=9, choices=Reason.choices, blank=True
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    money = money_property("amount")
    ENTRIES: ClassVar = ("receipt", "payout", "returned")

    class Meta:
        verbose_name = _("clearing of a bank line")
        verbose_name_plural = _("clearings of bank lines")
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_cause(), name="clearing_one_cause"),
            models.CheckConstraint(condition=~Q(amount=0), name="clearing_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.line} · {self.money}"

    @property
    def entry(self) -> BankReceipt | BankPayout | BankReturn | None:
        """The entry in the books that it is, None where a person explained it."""
        return self.receipt or self.payout or self.returned

"""The double-entry ledger: books per deal, accounts, transactions and their entries.

Invariant: rows are only ever added, by `ledger.post`. Database triggers refuse a transaction that is
empty, unbalanced or in two currencies, an entry added later, and every change or deletion.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.settlement.chart import AccountKind, AccountName
from brokers.settlement.models.payees import NOT_BOTH, SOMEBODY, PayeeColumns
from marketplace.amounts import CurrencyField, money_property

_NOBODY = Q(organisation=None, user=None)
_OF_PARTIES = (AccountKind.PAYABLE, AccountKind.HELD, AccountKind.RECEIVABLE)


class Book(models.Model):
    """The books of one deal. Whoever posts to them locks this row first."""

    deal_reference = models.UUIDField(_("deal"), primary_key=True)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("books of a deal")
        verbose_name_plural = _("books of deals")

    def __str__(self) -> str:
        return str(self.deal_reference)


class Account(PayeeColumns):
    book = models.ForeignKey(Book, models.PROTECT, related_name="accounts")
    collector_key = models.CharField(_("collector"), max_length=64)
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind.choices)
    currency = CurrencyField()
    code = models.CharField(_("code"), max_length=160)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="account_code"),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.PAYABLE) & SOMEBODY
                | Q(kind__in=[AccountKind.HELD, AccountKind.RECEIVABLE]) & NOT_BOTH
                | ~Q(kind__in=_OF_PARTIES) & _NOBODY,
                name="account_party",
            ),
        ]
        indexes = [models.Index(fields=["code"], name="account_by_code")]

    def __str__(self) -> str:
        return self.code

    @property
    def account_name(self) -> AccountName:
        """What distinguishes this account within its book."""
        nobody = self.organisation_id is None and self.user_id is None
        return AccountName(
            self.collector_key,
            AccountKind(self.kind),
            self.currency,
            None if nobody else self.payee,
        )


class LedgerTransaction(models.Model):
    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("payment received")
        SETTLEMENT = "settlement", _("settlement")
        REFUND = "refund", _("refund")
        REFUND_MADE = "refund_made", _("refund made")
        REFUND_UNDONE = "refund_undone", _("refund that was not made or came back")
        PAYOUT_RESERVED = "payout_reserved", _("payout on its way")
        PAYOUT_SETTLED = "payout_settled", _("payout made")
        PAYOUT_FAILED = "payout_failed", _("payout failed")
        OFFSET = "offset", _("set off against a claim")
        RECOVERY = "recovery", _("claim paid")
        HELD = "held", _("held for a complaint")
        LET_GO = "let_go", _("not held any more")
        DISPUTE = "dispute", _("dispute")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    book = models.ForeignKey(Book, models.PROTECT, related_name="transactions")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=120, unique=True)
    payment_reference = models.UUIDField(_("payment"), null=True)
    posted_at = models.DateTimeField(_("posted"), default=timezone.now)

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        ordering = ["posted_at", "pk"]

    def __str__(self) -> str:
        return self.source


class Entry(models.Model):
    """`amount` minor units on one account, debit positive. `line` names the bar of the waterfall."""

    transaction = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries")
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    line = models.CharField(_("line"), max_length=64, blank=True)

    money = money_property("amount")

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_something")]

    def __str__(self) -> str:
        return f"{self.account} {self.money}"

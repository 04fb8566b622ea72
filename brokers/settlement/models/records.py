"""What the ledger's transactions are about: receipts, settlements, refunds, payouts, disputes.

Invariant: each external event has one row, found by its reference, so it is never recorded twice.
Rows are only ever added (database triggers), except the state of a payout, a dispute and a hold.
"""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.settlement.models.ledger import Book, LedgerTransaction
from brokers.settlement.models.payees import NOT_BOTH, PayeeColumns
from brokers.settlement.models.plans import SplitPlan
from brokers.settlement.net_income import Kind
from brokers.settlement.plan import Role
from marketplace.accounts.models import Organisation
from marketplace.amounts import CurrencyField, money_property
from marketplace.money import Money


class Receipt(models.Model):
    """A payment that arrived at its collector, with the plan that splits it for ever."""

    payment_reference = models.UUIDField(_("payment"), primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="receipts")
    plan = models.ForeignKey(SplitPlan, models.PROTECT, related_name="receipts")
    collector_key = models.CharField(_("collector"), max_length=64)
    gross_amount = models.BigIntegerField(_("gross"))
    fee_amount = models.BigIntegerField(_("payment fee"))
    currency = CurrencyField()
    recorded_at = models.DateTimeField(default=timezone.now)

    gross = money_property("gross_amount")
    fee = money_property("fee_amount")

    class Meta:
        verbose_name = _("payment received")
        verbose_name_plural = _("payments received")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_amount__gt=0, fee_amount__gte=0)
                & Q(fee_amount__lte=F("gross_amount")),
                name="receipt_amounts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment_reference} {self.gross}"


class Settlement(models.Model):
    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="settlement")
    transaction = models.OneToOneField(LedgerTransaction, models.PROTECT, related_name="+")
    net_amount = models.BigIntegerField(_("net income"))
    settled_at = models.DateTimeField(_("settled"), default=timezone.now)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.receipt_id)


SHARE = "share"


class Allocation(PayeeColumns):
    """One line of a settled waterfall: a deduction, or what one payee gets of a share.

    `asked` exceeds `amount` where the payment could not bear the charge. `group` is the share's key
    or the kind of deduction; `key` is the line's.
    """

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="allocations")
    key = models.CharField(max_length=64)
    group = models.CharField(max_length=31)
    kind = models.CharField(max_length=12, choices=[*Kind.choices, (SHARE, _("share"))])
    role = models.CharField(max_length=11, choices=Role.choices, blank=True)
    asked = models.BigIntegerField()
    amount = models.BigIntegerField(_("amount"))
    label = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    carried = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "key"], name="allocation_key"),
            models.CheckConstraint(condition=NOT_BOTH, name="allocation_payee"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, asked__gte=F("amount")), name="allocation_amounts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.amount}"


class Dispute(models.Model):
    """Money that the payer's bank took back until it decides; `fee_amount` is what it charged."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        WON = "won", _("won")
        LOST = "lost", _("lost")

    dispute_reference = models.UUIDField(primary_key=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="disputes")
    amount = models.BigIntegerField(_("amount"))
    fee_amount = models.BigIntegerField(_("fee"))
    state = models.CharField(_("state"), max_length=4, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, fee_amount__gte=0), name="dispute_amounts"
            )
        ]

    def __str__(self) -> str:
        return str(self.dispute_reference)


class Hold(models.Model):
    """What stays where it is until a complaint is decided: one payment, or the books of a deal."""

    hold_reference = models.UUIDField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="holds")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="holds", null=True)
    placed_at = models.DateTimeField(_("held since"), default=timezone.now)
    released_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["placed_at", "pk"]

    def __str__(self) -> str:
        return str(self.hold_reference)


class Refund(models.Model):
    """Money given back to the payer, by a refund or by a lost dispute (same reference).

    A refund that was not made after all, or came back, is undone by another one of the opposite
    amount, so that sums of amounts say what was really given back.
    """

    refund_reference = models.UUIDField(primary_key=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField(_("amount"))
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, undoes=None) | Q(amount__lt=0, undoes__isnull=False),
                name="refund_amount",
            )
        ]

    def __str__(self) -> str:
        return str(self.refund_reference)


class Reversal(models.Model):
    """What one refund took back from one line; negative where the refund is undone."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="reversals")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="reversals")
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("reversal")
        verbose_name_plural = _("reversals")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "allocation"], name="reversal_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="reversal_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.allocation_id} -{self.amount}"


class Payout(PayeeColumns):
    """Money of one payment on its way to a payee, or to the institution `via` which it reaches it.

    Where claims took all that was owed, nothing was left to pay and `amount` is 0.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("on its way")
        SETTLED = "settled", _("paid")
        FAILED = "failed", _("failed")
        NOTHING = "nothing", _("nothing left to pay")

    payout_reference = models.UUIDField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="payouts")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="payouts")
    collector_key = models.CharField(_("collector"), max_length=64)
    via = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField(_("amount"))
    currency = CurrencyField()
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.RESERVED
    )
    reserved_at = models.DateTimeField(default=timezone.now)

    money = money_property("amount")

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["reserved_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=NOT_BOTH, name="payout_payee"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(state="nothing") | Q(amount=0, state="nothing"),
                name="payout_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_reference} {self.money}"


class Disbursement(models.Model):
    """How an institution passed a payout on: what it withheld as tax, and what proves it."""

    payout = models.OneToOneField(Payout, models.PROTECT, related_name="disbursement")
    withheld_amount = models.BigIntegerField(_("tax withheld"))
    disbursed_on = models.DateField(_("paid on"))
    evidence = models.TextField(_("evidence"))

    class Meta:
        verbose_name = _("disbursement")
        verbose_name_plural = _("disbursements")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withheld_amount__gte=0), name="disbursement_withheld"
            )
        ]

    def __str__(self) -> str:
        return str(self.payout_id)

    @property
    def withheld(self) -> Money:
        """The tax withheld, in the currency of the payout."""
        return Money(self.withheld_amount, self.payout.currency)

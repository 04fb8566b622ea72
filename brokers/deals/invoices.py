"""Record invoices (发票): the collector's for a milestone, a broker's for what it is owed.

Invariant: invoices of a milestone never exceed it, and a broker's never what it has coming; a broker is
paid no more than it has invoiced. Exempt from VAT is only an invoice of a registered, exempt contract.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import commissions, files, payouts, performance, progress, taxes
from brokers.deals.models import Deal, DealFile, Invoice, Milestone
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.plan import Payee
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.amounts import with_currency
from marketplace.files.uploads import Upload
from marketplace.money import Money


@dataclass(frozen=True, kw_only=True)
class Paper:
    """An invoice as it stands on paper: `amount` with tax, `rate` in basis points."""

    number: str
    issued_on: date
    amount: Money
    rate: int
    file: Upload
    exempt: bool = False


@transaction.atomic
def issue(*, milestone: Milestone, paper: Paper, by: User) -> Invoice:
    """Record the collector's invoice for `milestone` of a signed agreement.

    Raises `PermissionDenied`, and `ValidationError` at the field that is wrong: above what is not
    invoiced yet, exempt without registration, a number that is there already.
    """
    milestone, deal = performance.locked(milestone)
    agreement = milestone.agreement
    require(by, "invoice:issue", agreement)
    performance.require_standing(milestone)
    if paper.exempt and not taxes.is_exempt(agreement):
        text = _("Exempt from VAT is only a contract that is registered as exempt.")
        raise ValidationError({"exempt": text})
    return _record(paper, deal, not_invoiced(milestone), by, milestone=milestone)


@transaction.atomic
def bill(*, deal: Deal, payee: Payee, paper: Paper, by: User) -> Invoice:
    """Record the invoice of a broker for what it has coming; its payout follows.

    Raises `PermissionDenied`, and `ValidationError` at the field that is wrong: nothing or less is
    owed, a number that is there already.
    """
    deal = Deal.objects.select_for_update().get(pk=deal.pk)
    require(by, "invoice:bill", payee)
    left = commissions.uninvoiced(deal, payee, paper.amount.currency)
    invoice = _record(paper, deal, left, by, **payee_columns(payee))
    payouts.schedule(deal)
    return invoice


@transaction.atomic
def void(*, invoice: Invoice, by: User) -> None:
    """Take a wrong invoice out of account; not one by which a broker has been paid.

    Raises `PermissionDenied` and `ValidationError`.
    """
    deal = Deal.objects.select_for_update().get(pk=invoice.deal_id)
    invoice = Invoice.objects.select_related("milestone__agreement").get(pk=invoice.pk)
    if invoice.milestone is not None:
        require(by, "invoice:issue", invoice.milestone.agreement)
    else:
        require(by, "invoice:bill", invoice.payee)
        if commissions.invoiced_and_owed(deal, invoice.payee, invoice.currency) < invoice.money:
            raise ValidationError(_("You have been paid by this invoice already."))
    if invoice.voided_at is None:
        invoice.voided_at = timezone.now()
        invoice.save(update_fields=["voided_at"])
        progress.record(deal=deal, kind="invoice_voided", actor=by)


def not_invoiced(milestone: Milestone) -> Money:
    """Return what of `milestone` the collector has not invoiced yet."""
    standing = milestone.invoices.filter(voided_at=None)
    left = milestone.amount - sum(invoice.amount for invoice in standing)
    return Money(left, milestone.currency)


def _record(paper: Paper, deal: Deal, most: Money, by: User, **about: Any) -> Invoice:
    if paper.amount > most:
        text = _("At most %(most)s is not invoiced yet.") % {"most": with_currency(most)}
        raise ValidationError({"amount": text})
    if paper.issued_on > timezone.localdate():
        raise ValidationError({"issued_on": _("This day is in the future.")})
    if Invoice.objects.filter(deal=deal, number=paper.number, voided_at=None).exists():
        raise ValidationError({"number": _("This invoice is recorded already.")})
    kind = DealFile.Kind.INVOICE
    stored = files.keep(deal=deal, upload=paper.file, kind=kind, title=paper.number, by=by)
    invoice = Invoice(
        deal=deal,
        number=paper.number,
        issued_on=paper.issued_on,
        amount=paper.amount.amount,
        currency=paper.amount.currency,
        rate=0 if paper.exempt else paper.rate,
        exempt=paper.exempt,
        file=stored,
        recorded_by=by,
        **about,
    )
    invoice.full_clean(exclude=["milestone", "organisation", "user"])
    invoice.save()
    progress.record(deal=deal, kind="invoice_recorded", actor=by, amount=str(paper.amount))
    return invoice

"""The invoices of a deal as pages show them, and what is not invoiced yet."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from brokers.deals import commissions, plan_words
from brokers.deals.models import Agreement, Deal, Invoice
from brokers.deals.permissions import is_paid_as
from brokers.deals.reading.readers import Reader
from brokers.settlement.models import SplitShare
from brokers.settlement.plan import Payee, Role
from marketplace.money import Money


@dataclass(frozen=True)
class InvoiceLine:
    """An invoice with who issued it for what; `may_void` says whether the reader takes it back."""

    invoice: Invoice
    issuer: str
    purpose: str
    may_void: bool


@dataclass(frozen=True)
class Bill:
    """What the reader, paid as `payee`, has coming and has not invoiced yet."""

    payee: Payee
    name: str
    amount: Money


def invoice_lines(deal: Deal, agreement: Agreement, reader: Reader) -> list[InvoiceLine]:
    """Return the invoices of `deal` as `reader` sees them."""
    found = deal.invoices.select_related("milestone", "organisation", "user", "file")
    issues = reader.user.has_perm("invoice:issue", agreement)
    return [_line(invoice, agreement, reader, issues=issues) for invoice in found]


def may_invoice(agreement: Agreement, reader: Reader) -> bool:
    """Whether `reader` issues the invoices of the milestones of `agreement`, now."""
    is_signed = agreement.state == Agreement.State.SIGNED
    return is_signed and reader.user.has_perm("invoice:issue", agreement)


def wholly_invoiced(deal: Deal) -> set[Any]:
    """Return the milestones of `deal` of which nothing is left to invoice."""
    counting = deal.invoices.filter(milestone__isnull=False, voided_at=None)
    left: dict[Any, int] = {}
    for milestone, whole, amount in counting.values_list(
        "milestone", "milestone__amount", "amount"
    ):
        left[milestone] = left.get(milestone, whole) - amount
    return {pk for pk, amount in left.items() if amount <= 0}


def bills(deal: Deal, agreement: Agreement, reader: Reader) -> list[Bill]:
    """Return what `reader` is paid as a broker of `deal` and has not invoiced yet."""
    if agreement.plan is None:
        return []
    plan = agreement.plan.plan
    own = [payee for payee in plan.brokers if is_paid_as(reader.user, payee, roles=reader.roles)]
    names = plan_words.payee_names(own, reader.payee_names)
    found = [Bill(p, names[p], commissions.uninvoiced(deal, p, plan.currency)) for p in own]
    return [bill for bill in found if bill.amount]


def billable(deal: Deal, payee: Payee) -> Money | None:
    """Return what `payee` can invoice as a broker of `deal`; nothing where it is none."""
    shares = SplitShare.objects.filter(plan__deal_reference=deal.pk, role=Role.BROKER)
    own = [share for share in shares.select_related("plan") if share.payee == payee]
    return commissions.uninvoiced(deal, payee, own[-1].plan.plan.currency) if own else None


def _line(invoice: Invoice, agreement: Agreement, reader: Reader, *, issues: bool) -> InvoiceLine:
    if invoice.milestone is not None:
        collector = agreement.collector
        issuer = collector.name if collector else _("the platform")
        purpose, may_void = invoice.milestone.title, issues
    else:
        holder = invoice.user if invoice.organisation is None else invoice.organisation
        issuer, purpose = holder.name if holder else "", _("Commission")
        may_void = is_paid_as(reader.user, invoice.payee, roles=reader.roles)
    return InvoiceLine(invoice, issuer, purpose, may_void and invoice.voided_at is None)

"""What is delivered and paid in a deal, step by step: its milestones and its royalties."""

from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from brokers.deals import versions
from brokers.deals.models import Deal
from brokers.deals.reading import loading
from brokers.deals.reading.invoices import may_invoice, wholly_invoiced
from brokers.deals.reading.milestones import milestone_rows
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.royalties import royalty_lines
from brokers.settlement.models import Receipt
from marketplace.money import Money


def milestones(reader: Reader) -> dict[str, Any]:
    """Return what this section shows beside its header; without an agreement there is nothing yet."""
    deal = reader.deal
    agreement = versions.current(deal)
    if agreement is None:
        return {"agreement": None}
    loading.add_payments(deal)
    found = versions.milestones_of(deal)
    invoices = may_invoice(agreement, reader)
    return {
        "agreement": agreement,
        "milestones": milestone_rows(deal, found, reader),
        "royalties": royalty_lines(agreement, reader),
        "price": versions.price(found, agreement.currency),
        "received": _received(deal, agreement.currency),
        "may_invoice": invoices,
        "invoiced": wholly_invoiced(deal) if invoices else set(),
    }


def _received(deal: Deal, currency: str) -> dict[str, Money]:
    """Return what was paid and what of it was given back, in the agreement's currency."""
    receipts = Receipt.objects.filter(book=deal.pk, currency=currency)
    amounts = receipts.annotate(back=Coalesce(Sum("refunds__amount"), 0))
    pairs = list(amounts.values_list("gross_amount", "back"))
    return {
        "paid": Money(sum(paid for paid, _back in pairs), currency),
        "refunded": Money(sum(back for _paid, back in pairs), currency),
    }

"""How the money of a deal is shared: by which plan, what was settled, what each gets, the invoices.

Invariant: the number of queries does not depend on how much was paid.
"""

from typing import Any

from brokers.deals import plan_words, versions
from brokers.deals.models import Deal
from brokers.deals.permissions import is_paid_as
from brokers.deals.reading import loading, split
from brokers.deals.reading.invoices import bills, invoice_lines
from brokers.deals.reading.payees import payees_of
from brokers.deals.reading.readers import Reader
from brokers.settlement.plan import Payee
from marketplace.accounts.permissions import is_finance


def money(reader: Reader) -> dict[str, Any]:
    """Return what this section shows beside its header; without an agreement there is nothing yet."""
    deal = reader.deal
    agreement = versions.current(deal)
    if agreement is None:
        return {"agreement": None}
    loading.add_payments(deal)
    milestones = versions.milestones_of(deal)
    plan, names = agreement.plan.plan if agreement.plan else None, reader.payee_names
    splits = split.settled_splits(deal, milestones, names)
    terms, tax = split.terms_of(milestones), agreement.tax_basis_points
    return {
        "agreement": agreement,
        "shares": plan_words.describe(plan, names) if plan else [],
        "splits": splits,
        "estimate": split.estimate(plan, terms, tax, known=names) if plan and not splits else [],
        "statements": _statements(deal, reader),
        "invoices": invoice_lines(deal, agreement, reader),
        "bills": bills(deal, agreement, reader),
    }


def _statements(deal: Deal, reader: Reader) -> list[tuple[Payee, str]]:
    """Return the payees whose statements `reader` may read, with their names."""
    oversees = is_finance(reader.user)
    payees = [
        payee
        for payee in payees_of(deal)
        if oversees or is_paid_as(reader.user, payee, roles=reader.roles)
    ]
    names = plan_words.payee_names(payees, reader.payee_names)
    return [(payee, names[payee]) for payee in payees]

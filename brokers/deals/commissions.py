"""What brokers of a deal have coming, and how much of it they have invoiced.

Invariant: a broker is paid no more than it has invoiced, whatever refunds took back and gave back.
"""

from typing import Any

from django.db.models import QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from brokers.deals.models import Deal, Invoice
from brokers.settlement import dues
from brokers.settlement.dues import Due
from brokers.settlement.models import Allocation, Reversal
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.plan import Payee, Role
from marketplace.money import Money


def uninvoiced(deal: Deal, payee: Payee, currency: str) -> Money:
    """Return what `payee` was given as a broker of `deal` in all and has not invoiced yet."""
    given = Allocation.objects.filter(
        settlement__receipt__book=deal.pk,
        settlement__receipt__currency=currency,
        role=Role.BROKER,
        **payee_columns(payee),
    )
    back = Reversal.objects.filter(allocation__in=given)
    billed = Invoice.objects.filter(
        deal=deal, milestone=None, currency=currency, voided_at=None, **payee_columns(payee)
    )
    left = Deal.objects.values_list(_total(given) - _total(back) - _total(billed))
    return Money(max(0, *left.get(pk=deal.pk)), currency)


def payable(deal: Deal, due: Due) -> Money:
    """Return what of `due` can be paid: all of it, but for what a broker has not invoiced."""
    return min(due.amount, _invoiced(deal, due))


def invoiced_and_owed(deal: Deal, payee: Payee, currency: str) -> Money:
    """Return what `payee` has invoiced and was not paid for yet, what complaints hold included."""
    own = (due for due in dues.of_deal(deal.pk, with_held=True) if due.payee == payee)
    return Money.total(
        [_invoiced(deal, due) for due in own if due.amount.currency == currency], currency
    )


def _invoiced(deal: Deal, due: Due) -> Money:
    """Return what of `due`, and of what complaints hold beyond it, is invoiced where it has to be."""
    currency = due.amount.currency
    owed = due.amount + Money(sum(part.amount for part in due.held), currency)
    return max(Money.zero(currency), owed - uninvoiced(deal, due.payee, currency))


def _total(rows: QuerySet[Any]) -> Coalesce:
    """Return the sum of the amounts of `rows`, to be part of a query."""
    whole = rows.order_by().values(whole=Value(1)).annotate(total=Sum("amount"))
    return Coalesce(Subquery(whole.values("total")), 0)

"""Who is paid in a deal."""

from brokers.deals.models import Deal
from brokers.settlement.models import SplitShare
from brokers.settlement.plan import PLATFORM, Payee


def payees_of(deal: Deal) -> list[Payee]:
    """Return everybody who gets a part of what is paid in `deal`, under any version of its plan."""
    rows = SplitShare.objects.filter(plan__deal_reference=deal.pk, plan__receipts__isnull=False)
    shares = rows.select_related("plan").distinct()
    payees = {row.payee for row in shares}
    payees |= {PLATFORM for row in shares if row.plan.plan.platform_fee}
    return sorted(payees)

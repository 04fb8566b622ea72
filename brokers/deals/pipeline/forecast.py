"""What a broker can expect of a deal: commission on net income, by the plan, times its probability.

Invariants: the whole commission is what settlement's own waterfall gives of the agreed price, fees of
payments aside; what is earned is what was allocated, refunds taken back; amounts of different currencies
are never added.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Sum

from brokers.deals import plans, versions
from brokers.deals.models import Agreement, Deal
from brokers.deals.reading import split
from brokers.settlement.models import Allocation, Reversal
from brokers.settlement.models.records import SHARE
from brokers.settlement.plan import Payee, PayeeKind, Plan
from brokers.settlement.plan_rules import find_problems
from brokers.settlement.shares import portion
from marketplace.accounts.models import User
from marketplace.money import Money

Earned = Mapping[Any, Mapping[str, Money]]
"""What was earned of each deal, by the deal's key and the currency."""


@dataclass(frozen=True)
class Forecast:
    """The `whole` commission of a deal, what of it is `earned`, and `percent`: its probability."""

    whole: Money
    earned: Money
    percent: int

    @property
    def outstanding(self) -> Money:
        """What is still to be earned when all goes well."""
        return max(self.whole - self.earned, Money(0, self.whole.currency))

    @property
    def weighted(self) -> Money:
        """What is outstanding times the probability, rounded half up."""
        outstanding = self.outstanding
        return Money(portion(outstanding.amount, self.percent * 100), outstanding.currency)


@dataclass(frozen=True)
class Totals:
    """Sums in one currency."""

    earned: Money
    outstanding: Money
    weighted: Money


def forecast(deal: Deal, broker: User, *, percent: int, earned: Earned) -> Forecast | None:
    """Return what `broker` can expect of `deal` (read `loading.with_prices`); None without a plan.

    `percent` is the probability that what is outstanding comes.
    """
    agreement = versions.current(deal)
    plan = None if agreement is None else _plan(agreement)
    if agreement is None or plan is None:
        return None
    terms = split.terms_of(versions.milestones_of(deal))
    waterfall = split.expected(plan, terms, agreement.tax_basis_points)
    payee = Payee(PayeeKind.USER, broker.pk)
    lines = [line for share in waterfall.shares for line in share.members if line.payee == payee]
    currency = agreement.currency
    return Forecast(
        whole=Money(sum(line.amount for line in lines), currency),
        earned=earned.get(deal.pk, {}).get(currency, Money(0, currency)),
        percent=percent,
    )


def earned_by(broker: User) -> Earned:
    """Return what was allocated to `broker`, less what refunds took back."""
    shares = Allocation.objects.filter(kind=SHARE, user=broker)
    reversals = Reversal.objects.filter(allocation__in=shares)
    amounts: dict[tuple[Any, str], int] = defaultdict(int)
    place = ("settlement__receipt__book", "settlement__receipt__currency")
    for book, currency, total in shares.order_by().values_list(*place).annotate(Sum("amount")):
        amounts[book, currency] += total
    back = [f"allocation__{name}" for name in place]
    for book, currency, total in reversals.order_by().values_list(*back).annotate(Sum("amount")):
        amounts[book, currency] -= total
    found: dict[Any, dict[str, Money]] = defaultdict(dict)
    for (book, currency), amount in amounts.items():
        found[book][currency] = Money(amount, currency)
    return found


def totals(forecasts: Iterable[Forecast]) -> list[Totals]:
    """Return the sums of `forecasts`, one for each currency, in the order of their codes."""
    sums: dict[str, Totals] = {}
    for one in forecasts:
        zero = Money(0, one.whole.currency)
        so_far = sums.get(zero.currency, Totals(zero, zero, zero))
        sums[zero.currency] = replace(
            so_far,
            earned=so_far.earned + one.earned,
            outstanding=so_far.outstanding + one.outstanding,
            weighted=so_far.weighted + one.weighted,
        )
    return [sums[currency] for currency in sorted(sums)]


def _plan(agreement: Agreement) -> Plan | None:
    """Return the plan of `agreement`, or what a draft describes as far as that is sound."""
    if agreement.plan is not None:
        return agreement.plan.plan
    if not agreement.plan_terms or not agreement.milestones.all():
        return None
    drafted = plans.build(agreement)
    return None if list(find_problems(drafted)) else drafted

"""Taking back what a refunded payment had given, by the plan of the original payment.

Invariant: reversals of a refund sum to it; what a payee still has coming is taken first, what it
was paid already becomes a claim against it, and spent fees and costs fall on the loss-bearer. What
a complaint holds of another payment stays. What is given back again settles claims first, and the
rest is owed, held where its payment is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, MutableMapping

from django.db.models import Sum

from brokers.settlement import ledger, owing
from brokers.settlement.chart import AccountKind, AccountName, Chart
from brokers.settlement.ledger import Posting
from brokers.settlement.models import (
    Allocation,
    Book,
    LedgerTransaction,
    Receipt,
    Refund,
    Reversal,
    Settlement,
)
from brokers.settlement.models.records import SHARE
from brokers.settlement.net_income import Kind
from brokers.settlement.plan import PLATFORM, Payee
from brokers.settlement.refunds import take_back


def reverse(
    *,
    book: Book,
    refund: Refund,
    receipt: Receipt,
    settlement: Settlement,
    funded_by: AccountKind,
    source: str,
    provisional: bool = False,
) -> None:
    """Take `refund` back from the lines of `settlement` and post it.

    `funded_by` is the account that the money comes from: what is due to the payer, the advance (when
    the refund came before the settlement) or the hold of a lost dispute. The caller holds the lock
    of `book`; `provisional` is as in `ledger.post`.
    """
    lines = list(settlement.allocations.all())
    back = _amounts(refund.amount, lines, _taken(settlement))
    Reversal.objects.bulk_create(
        Reversal(refund=refund, allocation=line, amount=back[line.key])
        for line in lines
        if back[line.key]
    )
    chart = Chart(receipt.collector_key, receipt.currency)
    ledger.post(
        book=book,
        source=source,
        kind=LedgerTransaction.Kind.REFUND,
        payment_reference=receipt.pk,
        provisional=provisional,
        postings=[
            Posting(chart[funded_by], -refund.amount, "gross"),
            *_debits(chart, receipt, lines, back, _reachable(book, receipt)),
        ],
    )


def restore(chart: Chart, receipt: Receipt, refund: Refund, undoing: Refund) -> Iterator[Posting]:
    """Record that `undoing` gives every line back what `refund` took; yield the postings of that.

    The caller holds the lock of the receipt's book and posts them.
    """
    taken = list(refund.reversals.select_related("allocation"))
    Reversal.objects.bulk_create(
        Reversal(refund=undoing, allocation=row.allocation, amount=-row.amount) for row in taken
    )
    balances, held = Counter(ledger.balances(receipt.book)), owing.is_held(receipt)
    for row in taken:
        line = row.allocation
        if line.kind in {Kind.FEE, Kind.COST}:
            bearer = receipt.plan.plan.loss_bearer
            yield from relieve(chart, bearer, row.amount, line.key, balances, held=held)
        elif line.kind == Kind.TAX:
            yield Posting(chart[AccountKind.TAX_PAYABLE], -row.amount, line.key)
        else:
            payee = line.payee if line.kind == SHARE else PLATFORM
            yield from give_back(chart, payee, row.amount, line.key, balances, held=held)


def relieve(
    chart: Chart,
    bearer: Payee,
    amount: int,
    line: str,
    balances: MutableMapping[AccountName, int],
    *,
    held: bool,
) -> Iterator[Posting]:
    """Yield what takes a loss of `amount` minor units from `bearer` again; as `give_back`."""
    if bearer == PLATFORM:
        yield Posting(chart.loss_of(bearer), -amount, line)
    else:
        yield from give_back(chart, bearer, amount, line, balances, held=held)


def give_back(
    chart: Chart,
    payee: Payee,
    amount: int,
    line: str,
    balances: MutableMapping[AccountName, int],
    *,
    held: bool,
) -> Iterator[Posting]:
    """Yield what settles a claim against `payee` with `amount`, and owes it what is beyond.

    `balances` are those of the books and follow what is yielded; `held` says whether a complaint holds
    the payment that it is about.
    """
    claim = chart.owed_by(payee)
    settled = min(amount, balances.get(claim, 0))
    balances[claim] = balances.get(claim, 0) - settled
    yield Posting(claim, -settled, line)
    yield Posting(chart.owed_to(payee, held=held), settled - amount, line)


def _reachable(book: Book, receipt: Receipt) -> Counter[AccountName]:
    """Return the balances that a refund of `receipt` may take from: not what is held of others."""
    found = ledger.balances(book).items()
    balances = Counter({name: b for name, b in found if name.kind != AccountKind.HELD})
    balances.subtract(owing.held_of(receipt))
    return balances


def _taken(settlement: Settlement) -> dict[str, int]:
    reversals = Reversal.objects.filter(allocation__settlement=settlement).order_by()
    return dict(reversals.values_list("allocation__key").annotate(Sum("amount")))


def _amounts(refund: int, lines: list[Allocation], taken: Mapping[str, int]) -> dict[str, int]:
    """Split a refund over the groups first, then within each group over its lines."""
    inside: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in lines:
        inside[line.group][line.key] = line.amount
    by_group = take_back(
        refund,
        allocated={group: sum(amounts.values()) for group, amounts in inside.items()},
        taken={
            group: sum(taken.get(key, 0) for key in amounts) for group, amounts in inside.items()
        },
    )
    back: dict[str, int] = {}
    for group, amounts in inside.items():
        of_group = {key: taken.get(key, 0) for key in amounts}
        back |= take_back(by_group[group], allocated=amounts, taken=of_group)
    return back


def _debits(
    chart: Chart,
    receipt: Receipt,
    lines: list[Allocation],
    back: Mapping[str, int],
    balances: Counter[AccountName],
) -> Iterator[Posting]:
    for line in lines:
        amount = back[line.key]
        if line.kind in {Kind.FEE, Kind.COST}:
            yield Posting(chart.loss_of(receipt.plan.plan.loss_bearer), amount, line.key)
        elif line.kind == Kind.TAX:
            yield Posting(chart[AccountKind.TAX_PAYABLE], amount, line.key)
        else:
            payee = line.payee if line.kind == SHARE else PLATFORM
            for owed in (chart.owed_to(payee, held=True), chart.owed_to(payee)):
                here = min(amount, -balances[owed])
                balances[owed] += here
                amount -= here
                yield Posting(owed, here, line.key)
            yield Posting(chart.owed_by(payee), amount, line.key)

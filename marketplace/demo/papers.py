"""Papers behind the money of the sample deals: invoices, disbursements, a royalty's report."""

from collections.abc import Iterator
from typing import Any

from brokers.deals import commissions, disbursements, invoices, royalties
from brokers.deals.models import Agreement, Deal, Milestone, Party
from brokers.deals.reporting_periods import next_period
from brokers.settlement.models import Payout
from brokers.settlement.plan import Payee, PayeeKind
from marketplace import money
from marketplace.accounts.models import Membership, User
from marketplace.demo import source
from marketplace.demo.compliance import text_file
from marketplace.money import Money
from marketplace.outbox import effects

DEFAULT_RATE = 600
"""The tax rate of the sample invoices, in basis points."""


def bill_commissions(deal: Deal, currency: str) -> None:
    """Record the brokers' invoices for all that they have coming, and pay them what can be paid."""
    for party in deal.parties.filter(role=Party.Role.BROKER).select_related("user"):
        broker = party.user
        if broker is None:
            continue
        payee = Payee(PayeeKind.USER, broker.pk)
        left = commissions.uninvoiced(deal, payee, currency)
        if left:
            number = f"SAMPLE-{deal.reference}-{deal.invoices.count() + 1}"
            paper = _paper(number, left, DEFAULT_RATE)
            invoices.bill(deal=deal, payee=payee, paper=paper, by=broker)
    effects.process_due()


def invoice_milestone(milestone: Milestone, *, by: User) -> None:
    """Record the collector's invoice for the whole of `milestone`, where an institution collects."""
    agreement = milestone.agreement
    if agreement.collector is None:
        return
    number = f"SAMPLE-{agreement.deal.reference}-M{milestone.position}"
    paper = _paper(number, milestone.money, agreement.tax_basis_points)
    invoices.issue(milestone=milestone, paper=paper, by=by)


def pass_on(deal: Deal) -> None:
    """Record that the institution passed on what reached it, but for the last: that is to be done."""
    open_ones = Payout.objects.filter(
        book=deal.pk, via__isnull=False, state=Payout.State.SETTLED, disbursement=None
    ).order_by("reserved_at", "pk")
    for payout in list(open_ones)[:-1]:
        if payout.via is None:
            continue
        owner = payout.via.memberships.filter(role=Membership.Role.OWNER)[0].user
        tax = Money(payout.amount // 5, payout.currency)
        today = source.day(0)
        if today is not None:
            slip = text_file("payslip.txt", f"{payout.money} − {tax} (sample)")
            disbursements.record(
                payout=payout, withheld=tax, disbursed_on=today, evidence=slip, by=owner
            )


def carried_on(agreement: Agreement) -> Iterator[dict[str, Any]]:
    """Yield the royalties of `agreement` as an amendment carries them on, from the next period."""
    fields = ("title", "base", "rate", "months", "last_day", "payment_days")
    for royalty in agreement.royalties.all():
        if following := next_period(royalty):
            terms = {name: getattr(royalty, name) for name in fields}
            yield {**terms, "first_day": following.first}


def report_royalty(agreement: Agreement, base: str, *, by: User) -> None:
    """Report the first period of each royalty of `agreement` that is over."""
    for royalty in agreement.royalties.all():
        period = next_period(royalty)
        if period is not None and period.is_over:
            royalties.report(
                royalty=royalty,
                period_from=period.first,
                base=money.parse(base, agreement.currency),
                evidence=text_file("sales.txt", f"{royalty.base}: {base} (sample)"),
                by=by,
            )


def _paper(number: str, amount: Money, rate: int) -> invoices.Paper:
    issued_on = source.day(0)
    if issued_on is None:
        raise ValueError(number)
    file = text_file(f"{number}.txt", f"{number}: {amount} (sample)")
    return invoices.Paper(number=number, issued_on=issued_on, amount=amount, rate=rate, file=file)

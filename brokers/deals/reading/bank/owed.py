"""What collectors owe payees and is not on its way, each with why, and what can be done about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from brokers.deals import plan_words
from brokers.deals.models import Deal
from brokers.deals.payee_accounts import Accounts
from brokers.deals.reading.holds import Holds
from brokers.deals.reading.treasury import kept_keys
from brokers.payments.models import Transfer
from brokers.settlement import dues
from brokers.settlement.dues import Due
from brokers.settlement.models import Account, Payout
from brokers.settlement.owing import OWING
from brokers.settlement.plan import Payee
from marketplace.money import Money


@dataclass(frozen=True)
class OwedRow:
    """`reason` says why nothing moves; it can be tried `again` where a transfer had failed."""

    deal: Deal
    payee: str
    collector: str
    amount: Money
    reason: str
    again: bool


def deals_owing(user: Any) -> QuerySet[Deal]:
    """Return the deals in which a collector whose books `user` keeps owes somebody something."""
    owed = Account.objects.filter(kind__in=OWING)
    keys = kept_keys(user)
    if keys is not None:
        owed = owed.filter(collector_key__in=keys)
    owed = owed.annotate(balance=Sum("entries__amount")).filter(balance__lt=0)
    return Deal.objects.filter(pk__in=owed.values("book")).order_by("-changed_at")


def owed_rows(deals: list[Deal], user: Any) -> list[OwedRow]:
    """Return what is owed in `deals` to others than the collector itself."""
    keys = kept_keys(user)
    owed = dues.of_deals([deal.pk for deal in deals], with_held=True)
    found = [
        (deal, due)
        for deal in deals
        for due in owed[deal.pk]
        if keys is None or due.collector_key in keys
    ]
    names = plan_words.payee_names(
        {due.payee for _deal, due in found} | {Payee.parse(d.collector_key) for _deal, d in found}
    )
    known = _Known.of([deal.pk for deal in deals], [due for _deal, due in found])
    return [
        OwedRow(
            deal, names[due.payee], names[Payee.parse(due.collector_key)], amount, reason, again
        )
        for deal, due in found
        for amount, reason, again in known.amounts(deal, due)
    ]


@dataclass(frozen=True)
class _Known:
    """What is known of all rows, read at once: where payees are paid, what failed last, what is held."""

    accounts: Accounts
    failures: Mapping[tuple[Any, Payee], str]
    holds: Mapping[Any, Holds]

    @classmethod
    def of(cls, books: list[Any], owed: list[Due]) -> Self:
        return cls(Accounts.of(owed), _last_failures(books), Holds.of_deals(books))

    def amounts(self, deal: Deal, due: Due) -> Iterator[tuple[Money, str, bool]]:
        """Yield what is owed and what complaints hold beyond it, each with why it stands still."""
        if due.amount:
            yield due.amount, *next(self._reasons(deal, due))
        for part in due.held:
            payment, holding = part.payment_reference, self.holds[deal.pk]
            reason = f"{holding.title(payment)}: {holding.why(payment)}"
            yield Money(part.amount, due.amount.currency), reason, False

    def _reasons(self, deal: Deal, due: Due) -> Iterator[tuple[str, bool]]:
        if due.on_hold:
            yield _("The payer's bank has taken money back until it decides."), False
        if self.accounts.receiving(due) is None:
            if self.accounts.is_disabled(due):
                yield _("The payee's account was disabled by the payment service."), False
            yield _("The payee has no account that can receive it."), False
        if failure := self.failures.get((deal.pk, due.payee)):
            yield _("The last payment failed: %(reason)s") % {"reason": failure}, True
        yield _("It goes out with the next round."), True


def _last_failures(books: list[Any]) -> dict[tuple[Any, Payee], str]:
    """Return why the last payment to a payee that failed did so, by its book and the payee."""
    failed = Payout.objects.filter(book__in=books, state=Payout.State.FAILED)
    transfers = Transfer.objects.filter(reference__in=failed.values("pk"))
    reasons = transfers.order_by("requested_at").values_list("reference", "failure")
    payouts = failed.in_bulk()
    return {
        (payouts[reference].book_id, payouts[reference].payee): failure
        for reference, failure in reasons
    }

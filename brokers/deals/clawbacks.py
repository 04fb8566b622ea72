"""Have back from payees' accounts what refunds and lost disputes took from them.

Invariant: no more is asked back than is claimed and not asked back already. What an account does not
give, or a bank cannot take back, stays a claim, which later payouts are set off against.
"""

import uuid
from collections import Counter
from collections.abc import Iterator

from brokers.deals.models import Deal
from brokers.payments import orders, registry, reversals
from brokers.payments.models import Order, Transfer
from brokers.settlement import ledger
from brokers.settlement.chart import AccountKind
from brokers.settlement.models import Book, Payout
from brokers.settlement.plan import PLATFORM, Payee
from marketplace.money import Money

Owner = tuple[Payee, str, str]
"""Who has to give back, to which collector, in which currency."""


def claw_back(deal: Deal) -> None:
    """Reverse the transfers of `deal`, which is locked, as far as their payees owe something back."""
    claims = Counter(_claims(deal))
    transfers = list(_reversible_transfers(deal))
    for payout, transfer in transfers:
        under_way = transfer.reversals.filter(state__in=Order.OPEN)
        claims[_owner(payout)] -= orders.total(under_way, transfer.currency).amount
    for payout, transfer in transfers:
        amount = min(claims[_owner(payout)], reversals.reversible(transfer).amount)
        if amount > 0:
            claims[_owner(payout)] -= amount
            reversals.request(
                reference=uuid.uuid4(), transfer=transfer, amount=Money(amount, transfer.currency)
            )


def _claims(deal: Deal) -> dict[Owner, int]:
    book = Book.objects.filter(pk=deal.pk).first()
    balances = ledger.balances(book) if book else {}
    return {
        (name.payee or PLATFORM, name.collector_key, name.currency): balance
        for name, balance in balances.items()
        if name.kind == AccountKind.RECEIVABLE
    }


def _reversible_transfers(deal: Deal) -> Iterator[tuple[Payout, Transfer]]:
    """Yield what was paid by a gateway that can take it back, and was not passed on since."""
    paid = Payout.objects.filter(book=deal.pk, state=Payout.State.SETTLED, disbursement=None)
    transfers = Transfer.objects.in_bulk([p.pk for p in paid], field_name="reference")
    for payout in paid:
        transfer = transfers.get(payout.pk)
        if transfer is not None and not registry.get(transfer.gateway).by_hand:
            yield payout, transfer


def _owner(payout: Payout) -> Owner:
    return payout.payee, payout.collector_key, payout.currency

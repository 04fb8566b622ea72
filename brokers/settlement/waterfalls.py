"""The settled waterfalls of a deal, down to the ledger rows.

Invariant: what is shown is what was settled; the number of queries does not depend on the number
of payments or ledger rows.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Prefetch, Sum
from django.db.models.functions import Coalesce

from brokers.settlement import history
from brokers.settlement.bars import Bar, bars
from brokers.settlement.models import Allocation, Entry, Receipt, Settlement
from brokers.settlement.models.records import SHARE
from brokers.settlement.plan import Payee, PayeeKind, Role
from brokers.settlement.waterfall import MemberLine, ShareLine, Waterfall
from marketplace.accounts.models import Organisation, User


@dataclass(frozen=True, slots=True)
class SettledPayment:
    """A settled payment and its bars, from gross to each payee."""

    receipt: Receipt
    settlement: Settlement
    bars: list[Bar]


def of_deal(deal_reference: uuid.UUID) -> list[SettledPayment]:
    """Return the settled payments of a deal, in the order of settlement."""
    lines = Allocation.objects.annotate(taken_back=Coalesce(Sum("reversals__amount"), 0))
    settlements = (
        Settlement.objects.filter(receipt__book=deal_reference)
        .select_related("receipt", "transaction")
        .prefetch_related(Prefetch("allocations", lines.order_by("pk")))
    )
    rows = _rows(deal_reference)
    return [
        SettledPayment(
            settlement.receipt,
            settlement,
            bars(
                waterfall(settlement),
                taken_back=_taken_back(settlement),
                rows=rows[settlement.receipt_id],
            ),
        )
        for settlement in settlements
    ]


def waterfall(settlement: Settlement) -> Waterfall:
    """Return the waterfall that was settled, as `compute` gave it then."""
    receipt, lines = settlement.receipt, list(settlement.allocations.all())
    shares: dict[str, list[Allocation]] = defaultdict(list)
    for line in lines:
        if line.kind == SHARE:
            shares[line.group].append(line)
    return Waterfall(
        receipt.currency,
        receipt.gross_amount,
        tuple(history.deduction(line) for line in lines if line.kind != SHARE),
        settlement.net_amount,
        tuple(_share(key, members) for key, members in shares.items()),
    )


def names(payees: set[Payee]) -> dict[Payee, str]:
    """Return the names of organisations and people, in the reader's language."""
    found: dict[Payee, str] = {}
    for kind, model in ((PayeeKind.ORGANISATION, Organisation), (PayeeKind.USER, User)):
        ids = [payee.id for payee in payees if payee.kind is kind]
        found |= {Payee(kind, row.pk): row.name for row in model.objects.filter(pk__in=ids)}
    return found


def _share(key: str, members: list[Allocation]) -> ShareLine:
    return ShareLine(
        key,
        Role(members[0].role),
        sum(member.amount for member in members),
        tuple(MemberLine(member.key, member.payee, member.amount) for member in members),
    )


def _taken_back(settlement: Settlement) -> dict[str, int]:
    lines = settlement.allocations.all()
    return {line.key: line.taken_back for line in lines}  # type: ignore[attr-defined]


def _rows(deal_reference: uuid.UUID) -> dict[uuid.UUID | None, dict[str, list[Entry]]]:
    by_payment: dict[uuid.UUID | None, dict[str, list[Entry]]] = defaultdict(
        lambda: defaultdict(list)
    )
    entries = Entry.objects.filter(
        transaction__book=deal_reference, transaction__payment_reference__isnull=False
    )
    for entry in entries.select_related("transaction", "account").order_by("pk"):
        by_payment[entry.transaction.payment_reference][entry.line].append(entry)
    return by_payment

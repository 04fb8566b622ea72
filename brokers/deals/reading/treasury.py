"""What the keepers of a collector's books have to do at the bank: record, confirm, pay.

Invariant: a person sees the entries of the collectors for which it may sign, and of all of them when it
keeps the platform's books. Account numbers appear here only, for who has to write them on a transfer.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from brokers.payments import registry
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    BankReceipt,
    BankReturn,
    Charge,
    Order,
    Refund,
    Transfer,
)
from marketplace.accounts.models import Membership
from marketplace.accounts.permissions import SIGNING_ROLES, is_finance

ENTRIES: dict[str, type[BankEntry]] = {
    "receipts": BankReceipt,
    "payouts": BankPayout,
    "returns": BankReturn,
}
OF_A_CHARGE = ("charge__payer", "charge__collector")
OF_A_TRANSFER = ("account__organisation", "account__user", "payer", "charge")
LATELY = timedelta(days=30)
"""How long payments are listed that may still come back."""


@dataclass(frozen=True)
class Treasury:
    """`expected` payments, `entries` to be confirmed, and transfers and refunds `to_pay` at the bank.

    An entry comes with the name of its kind in addresses: "receipts", "payouts" or "returns".
    """

    expected: list[Charge]
    entries: list[tuple[str, BankEntry]]
    to_pay: list[Transfer | Refund]


def treasury(user: Any) -> Treasury:
    """Return what waits for `user` at the bank."""
    return Treasury(
        expected=list(expected_charges(user)),
        entries=[(kind, entry) for kind in ENTRIES for entry in recorded(kind, user)],
        to_pay=[*payable_transfers(user), *payable_refunds(user)],
    )


def waiting_at_bank(user: Any) -> int:
    """Return how many rows `treasury` has, by one query."""
    parts = [
        expected_charges(user),
        *(recorded(kind, user) for kind in ENTRIES),
        payable_transfers(user),
        payable_refunds(user),
    ]
    first, *others = (part.order_by().values_list(Value(1)) for part in parts)
    return first.union(*others, all=True).count()


def keeps_books(user: Any) -> bool:
    """Whether `user` keeps any collector's books."""
    return is_finance(user) or _signed_for(user).exists()


def collects(user: Any) -> bool:
    """Whether `user` keeps the books of somebody who was ever to be paid."""
    return is_finance(user) or Charge.objects.filter(kept_by(user, "collector")).exists()


def expected_charges(user: Any) -> QuerySet[Charge]:
    """Return the open payments by hand of which nothing was recorded yet."""
    charges = Charge.objects.filter(state=Charge.State.OPEN, gateway__in=registry.by_hand())
    return (
        charges.filter(kept_by(user, "collector"))
        .exclude(receipts__state__in=BankEntry.STANDING)
        .select_related("collector", "payer")
    )


def recorded(kind: str, user: Any) -> QuerySet[Any]:
    """Return the entries of `kind` that wait for a second person."""
    entries = ENTRIES[kind]._default_manager.filter(state=BankEntry.State.RECORDED)
    subjects: tuple[str, ...] = OF_A_CHARGE
    if kind != "receipts":
        subjects = (
            *(f"transfer__{path}" for path in OF_A_TRANSFER),
            *(f"refund__{path}" for path in OF_A_CHARGE),
        )
    return entries.filter(kept_by(user, "collector")).select_related(
        "collector", "recorded_by", "evidence", *subjects
    )


def payable_transfers(user: Any) -> QuerySet[Transfer]:
    """Return the transfers to payees that people make at the bank, and have not recorded yet."""
    transfers = Transfer.objects.filter(state=Order.State.BY_HAND, held=False).filter(
        kept_by(user, "payer")
    )
    return (
        transfers.exclude(bank_payouts__state__in=BankEntry.STANDING)
        .exclude(bank_returns__state__in=BankEntry.STANDING)
        .select_related(*OF_A_TRANSFER)
    )


def payable_refunds(user: Any) -> QuerySet[Refund]:
    """Return the refunds to payers that people make at the bank, and have not recorded yet."""
    refunds = Refund.objects.filter(state=Order.State.BY_HAND)
    return (
        refunds.filter(kept_by(user, "charge__collector"))
        .exclude(bank_payouts__state__in=BankEntry.STANDING)
        .exclude(bank_returns__state__in=BankEntry.STANDING)
        .select_related(*OF_A_CHARGE)
    )


def kept_by(user: Any, collector: str) -> Q:
    """Return the condition that `user` keeps the books of who `collector`, a path, leads to."""
    if is_finance(user):
        return Q()
    return Q(**{f"{collector}__in": _signed_for(user).values("organisation")})


def kept_keys(user: Any) -> list[str] | None:
    """Return the collectors in the ledger whose books `user` keeps, None for all of them."""
    if is_finance(user):
        return None
    organisations = _signed_for(user).values_list("organisation", flat=True)
    return [f"organisation:{number}" for number in organisations]


def paid_lately(user: Any) -> list[Transfer | Refund]:
    """Return what was paid at the bank within `LATELY`, and may still come back."""
    since = timezone.now() - LATELY
    paid = {"state": Order.State.PAID, "paid_at__gte": since}
    by_hand = registry.by_hand()
    transfers = Transfer.objects.filter(
        kept_by(user, "payer"), account__gateway__in=by_hand, **paid
    )
    refunds = Refund.objects.filter(
        kept_by(user, "charge__collector"), charge__gateway__in=by_hand, **paid
    )
    return [
        *transfers.exclude(bank_returns__state__in=BankEntry.STANDING).select_related(
            *OF_A_TRANSFER
        ),
        *refunds.exclude(bank_returns__state__in=BankEntry.STANDING).select_related(*OF_A_CHARGE),
    ]


def _signed_for(user: Any) -> QuerySet[Membership]:
    held: QuerySet[Membership] = user.memberships.filter(role__in=SIGNING_ROLES)
    return held

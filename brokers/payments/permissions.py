"""Who may pay, look at, record, confirm and be paid. Targets are named with each permission."""

from typing import Any

import rules

from brokers.payments.models import BankEntry, Charge, Order, PayoutAccount, PayoutList
from marketplace.accounts import second_factor
from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import is_approver, is_finance, is_member, is_owner


@rules.predicate
def _keeps_the_books(user: Any, target: Charge | Order | BankEntry | PayoutList) -> bool:
    """Whether `user` may sign for the collector, or keeps the platform's books."""
    return is_finance(user) or is_approver(user, target.collector)


@rules.predicate
def _recorded(user: Any, entry: BankEntry) -> bool:
    return entry.recorded_by_id == user.pk


@rules.predicate
def _collects_at(user: Any, account: PayoutAccount) -> bool:
    return is_finance(user) or is_approver(user, account.organisation)


@rules.predicate
def _signs_for_collector(user: Any, collector: Organisation) -> bool:
    return is_finance(user) or is_approver(user, collector)


@rules.predicate
def _drew_up(user: Any, payout_list: PayoutList) -> bool:
    return payout_list.drawn_up_by_id == user.pk


@rules.predicate
def _sees(user: Any, charge: Charge) -> bool:
    return is_member(user, charge.payer) or is_member(user, charge.collector)


@rules.predicate
def _is_owner(user: Any, owner: Any) -> bool:
    """Whether `owner`, of whom None is the platform, is `user` or somebody for whom it decides this."""
    if owner is None:
        return is_finance(user)
    return is_owner(user, owner) if isinstance(owner, Organisation) else owner == user


@rules.predicate
def _owns(user: Any, account: PayoutAccount) -> bool:
    return _is_owner(user, account.owner)


# Target: the organisation that pays.
rules.add_perm("payment:pay", is_approver)
# Target: a charge.
rules.add_perm("payment:read", _sees | _keeps_the_books)
rules.add_perm("payment:record_receipt", _keeps_the_books)
rules.add_perm("payment:refund", _keeps_the_books)
# Target: a transfer or a refund.
rules.add_perm("payment:record_payout", _keeps_the_books)
# Target: a bank receipt or a bank payout.
rules.add_perm("payment:confirm_receipt", _keeps_the_books & ~_recorded)
rules.add_perm("payment:confirm_payout", _keeps_the_books & ~_recorded)
rules.add_perm("payment:confirm_return", _keeps_the_books & ~_recorded)
rules.add_perm("payment:reject_entry", _keeps_the_books)
rules.add_perm("payment:read_evidence", _keeps_the_books)
# Target: the payout account of a collector.
rules.add_perm("bank_statement:import", _collects_at)
rules.add_perm("bank_statement:read", _collects_at)
rules.add_perm("bank_statement:clear", _collects_at)
# Target: a payout list; to draw one up, its collector.
rules.add_perm("payout_list:draw_up", _signs_for_collector)
rules.add_perm("payout_list:read", _keeps_the_books)
rules.add_perm("payout_list:release", _keeps_the_books & ~_drew_up)
rules.add_perm("payout_list:withdraw", _keeps_the_books)
# Target: the organisation or person who is to be paid; None: the platform.
rules.add_perm("payout_account:open", _is_owner)
# Target: a payout account.
rules.add_perm("payout_account:read", _owns | is_finance)
rules.add_perm("payout_account:close", _owns)

second_factor.guard(
    "payment:record_receipt",
    "payment:refund",
    "payment:record_payout",
    "payment:confirm_receipt",
    "payment:confirm_payout",
    "payment:confirm_return",
    "payment:reject_entry",
    "payment:read_evidence",
    "bank_statement:import",
    "bank_statement:read",
    "bank_statement:clear",
    "payout_list:draw_up",
    "payout_list:read",
    "payout_list:release",
    "payout_list:withdraw",
    "payout_account:open",
    "payout_account:close",
)

"""What is wrong with a payee's account at a gateway, in words that its owner can act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from brokers.payments import registry
from brokers.payments.models import FailedPayout, PayoutAccount


@dataclass(frozen=True)
class Troubles:
    """`stopped` says why nothing reaches the account, `missing` what its owner still has to give.

    `failed` are the payouts that its owner's bank sent back, each with what to do about it.
    """

    account: PayoutAccount
    stopped: str
    missing: list[str]
    failed: list[tuple[FailedPayout, str]]


def troubles_of(account: PayoutAccount) -> Troubles | None:
    """Return what the owner of `account` has to put right, None where that is nothing."""
    if not account.is_troubled:
        return None
    explain = registry.get(account.gateway).explain
    reason = account.disabled_reason
    return Troubles(
        account=account,
        stopped=str(explain(reason)) if reason else "",
        missing=_once(explain(name) for name in account.missing),
        failed=[(one, str(explain(one.code))) for one in account.failed_payouts.all()],
    )


def _once(words: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(map(str, words)))

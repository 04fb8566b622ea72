"""What the collectors really hold, as the gateways say; for the proof against the ledger."""

from brokers.payments import registry


def collector_balances() -> dict[tuple[str, str], int]:
    """Return minor units by collector key and currency; only what is held or owed appears.

    The key is `platform` for the platform's account at a gateway, `organisation:<id>` for a collector
    who is paid by bank transfer: confirmed receipts less confirmed payouts. Raises `OutcomeUnknown`
    when a gateway does not answer.
    """
    held: dict[tuple[str, str], int] = {}
    for gateway in registry.every().values():
        for key, amount in gateway.balances().items():
            held[key] = held.get(key, 0) + amount
    return {key: amount for key, amount in held.items() if amount}

"""The switchboard for tests: faults, deliveries, and what happens to accounts and refunds elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from brokers.payments.loopback import accounts, disputes, faults, payouts
from brokers.payments.loopback.errors import ApiError, missing
from brokers.payments.loopback.refunds import fail
from brokers.payments.loopback.store import Store
from brokers.payments.loopback.webhooks import Rules, Sender


@dataclass(frozen=True)
class Switchboard:
    """What a test may switch; each method is one switch, named in the path below /control/."""

    store: Store
    sender: Sender

    def operate(self, switch: str, body: str) -> dict[str, Any]:
        """Do what `switch` does with the JSON object `body`; return what now holds.

        Raises a 404 for an unknown switch and a 400 for wishes that it does not know.
        """
        if switch not in SWITCHES:
            raise missing("switch", switch)
        try:
            with self.store.transaction():
                return getattr(self, switch)(**json.loads(body or "{}"))
        except (TypeError, ValueError) as error:
            raise ApiError(400, str(error)) from error

    def faults(self, **wishes: Any) -> dict[str, Any]:
        """Arm one fault, or with no wish switch all of them off."""
        if not wishes:
            faults.clear()
            return {"armed": None}
        fault = faults.Fault(**wishes)
        if fault.kind not in faults.KINDS:
            raise ValueError(f"no fault {fault.kind!r}")
        faults.arm(fault)
        return {"armed": fault.kind}

    def webhooks(self, **wishes: Any) -> dict[str, Any]:
        """Replace the rules of delivery; tell how many deliveries wait."""
        self.sender.rules = Rules(**{"url": self.sender.rules.url, **wishes})
        waiting = self.store.db.execute("SELECT count(*) FROM deliveries").fetchone()[0]
        return {"waiting": waiting}

    def accounts(
        self, *, account: str, reason: str | None, due: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Disable a connected account for a reason, or enable it again; ask for what is `due`."""
        accounts.change_standing(self.store, account, disabled_reason=reason, due=due)
        return {"changed": account}

    def payouts(self, *, account: str, failure: str = "") -> dict[str, Any]:
        """Pay what a connected account holds out to its bank, which sends it back for `failure`."""
        payouts.pay_out_all(self.store, account, failure=failure)
        return {"paid out": account}

    def refunds(self, *, refund: str) -> dict[str, Any]:
        """Let a refund fail after it succeeded."""
        fail(self.store, refund)
        return {"failed": refund}

    def disputes(
        self,
        *,
        charge: str = "",
        amount: int = 0,
        dispute: str = "",
        status: str = "",
        fee_returned: int = 0,
    ) -> dict[str, Any]:
        """Let the payer's bank take a `charge` back, or decide a `dispute` as won or lost."""
        if charge:
            return {"dispute": disputes.dispute(self.store, charge, amount=amount)}
        disputes.decide(self.store, dispute, status, fee_returned=fee_returned)
        return {"decided": dispute}

    def keys(self) -> dict[str, Any]:
        """Forget the idempotency keys, as Stripe does after a day."""
        self.store.db.execute("DELETE FROM keys")
        return {"forgotten": "keys"}

    def reset(self) -> dict[str, Any]:
        """Forget everything."""
        faults.clear()
        self.store.clear()
        self.sender.rules = Rules(url=self.sender.rules.url)
        return {"forgotten": "everything"}


SWITCHES = (
    "faults",
    "webhooks",
    "accounts",
    "payouts",
    "refunds",
    "disputes",
    "keys",
    "reset",
)

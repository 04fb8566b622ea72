from brokers.settlement.models.ledger import Account, Book, Entry, LedgerTransaction
from brokers.settlement.models.plans import SplitPlan, SplitShare
from brokers.settlement.models.policies import Policy
from brokers.settlement.models.records import (
    Allocation,
    Disbursement,
    Dispute,
    Hold,
    Payout,
    Receipt,
    Refund,
    Reversal,
    Settlement,
)

__all__ = [
    "Account",
    "Allocation",
    "Book",
    "Disbursement",
    "Dispute",
    "Entry",
    "Hold",
    "LedgerTransaction",
    "Payout",
    "Policy",
    "Receipt",
    "Refund",
    "Reversal",
    "Settlement",
    "SplitPlan",
    "SplitShare",
]

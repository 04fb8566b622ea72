from brokers.payments.models.accounts import FailedPayout, PayoutAccount
from brokers.payments.models.bank import BankEntry, BankPayout, BankReceipt, BankReturn
from brokers.payments.models.charges import Charge
from brokers.payments.models.disputes import Dispute
from brokers.payments.models.events import WebhookEvent
from brokers.payments.models.orders import Order, Refund, Reversal, Transfer
from brokers.payments.models.payout_lists import PayoutItem, PayoutList
from brokers.payments.models.statements import (
    BankStatement,
    Clearing,
    StatementLayout,
    StatementLine,
)

__all__ = [
    "BankEntry",
    "BankPayout",
    "BankReceipt",
    "BankReturn",
    "BankStatement",
    "Charge",
    "Clearing",
    "Dispute",
    "FailedPayout",
    "Order",
    "PayoutAccount",
    "PayoutItem",
    "PayoutList",
    "Refund",
    "Reversal",
    "StatementLayout",
    "StatementLine",
    "Transfer",
    "WebhookEvent",
]

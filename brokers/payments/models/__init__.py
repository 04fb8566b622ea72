from brokers.payments.models.accounts import PayoutAccount
from brokers.payments.models.bank import BankEntry, BankPayout, BankReceipt
from brokers.payments.models.charges import Charge
from brokers.payments.models.disputes import Dispute
from brokers.payments.models.events import WebhookEvent
from brokers.payments.models.orders import Order, Refund, Reversal, Transfer

__all__ = [
    "BankEntry",
    "BankPayout",
    "BankReceipt",
    "Charge",
    "Dispute",
    "Order",
    "PayoutAccount",
    "Refund",
    "Reversal",
    "Transfer",
    "WebhookEvent",
]

from brokers.deals.models.agreements import Agreement, DirectCost, DueDiligence, Milestone
from brokers.deals.models.deals import Deal, DealEvent, Introduction, Party
from brokers.deals.models.documents import DealFile, Document, Signature
from brokers.deals.models.protection import Exclusion
from brokers.deals.models.room import DealTask, Message

__all__ = [
    "Agreement",
    "Deal",
    "DealEvent",
    "DealFile",
    "DealTask",
    "DirectCost",
    "Document",
    "DueDiligence",
    "Exclusion",
    "Introduction",
    "Message",
    "Milestone",
    "Party",
    "Signature",
]

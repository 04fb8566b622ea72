from brokers.deals.models.agreements import Agreement, DirectCost, DueDiligence, Milestone
from brokers.deals.models.complaints import Complaint, Statement
from brokers.deals.models.deals import Deal, DealEvent, Introduction, Party
from brokers.deals.models.documents import DealFile, Document, Signature

__all__ = [
    "Agreement",
    "Complaint",
    "Deal",
    "DealEvent",
    "DealFile",
    "DirectCost",
    "Document",
    "DueDiligence",
    "Introduction",
    "Milestone",
    "Party",
    "Signature",
    "Statement",
]

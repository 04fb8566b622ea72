from brokers.deals.models.agreements import Agreement, DirectCost, Milestone, TaxTreatment
from brokers.deals.models.compliance import DueDiligence, Registration
from brokers.deals.models.deals import Deal, DealEvent, Introduction, Party
from brokers.deals.models.documents import DealFile, Document, Signature
from brokers.deals.models.notices import Objection, PublicNotice

__all__ = [
    "Agreement",
    "Deal",
    "DealEvent",
    "DealFile",
    "DirectCost",
    "Document",
    "DueDiligence",
    "Introduction",
    "Milestone",
    "Objection",
    "Party",
    "PublicNotice",
    "Registration",
    "Signature",
    "TaxTreatment",
]

from brokers.deals.models.agreements import Agreement, DirectCost, Milestone, TaxTreatment
from brokers.deals.models.cases import CaseConsent
from brokers.deals.models.complaints import Complaint, Statement
from brokers.deals.models.compliance import DueDiligence, Registration
from brokers.deals.models.deals import Deal, DealEvent, Introduction, Party
from brokers.deals.models.disbursements import DisbursementProof
from brokers.deals.models.documents import DealFile, Document, Signature
from brokers.deals.models.invoices import Invoice
from brokers.deals.models.notices import Objection, PublicNotice
from brokers.deals.models.protection import Exclusion
from brokers.deals.models.room import DealTask, Message
from brokers.deals.models.royalties import Royalty, RoyaltyReport

__all__ = [
    "Agreement",
    "CaseConsent",
    "Complaint",
    "Deal",
    "DealEvent",
    "DealFile",
    "DealTask",
    "DirectCost",
    "DisbursementProof",
    "Document",
    "DueDiligence",
    "Exclusion",
    "Introduction",
    "Invoice",
    "Message",
    "Milestone",
    "Objection",
    "Party",
    "PublicNotice",
    "Registration",
    "Royalty",
    "RoyaltyReport",
    "Signature",
    "Statement",
    "TaxTreatment",
]

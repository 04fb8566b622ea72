"""What is signed in a deal and what the law wants on record about it."""

from typing import Any

from brokers.deals import versions
from brokers.deals.reading import loading
from brokers.deals.reading.amendment import drafting, pending_amendment, version_lines
from brokers.deals.reading.compliance import compliance_context
from brokers.deals.reading.documents import document_line
from brokers.deals.reading.readers import Reader


def papers(reader: Reader) -> dict[str, Any]:
    """Return what this section shows beside its header: the documents in force first."""
    deal = reader.deal
    loading.add_documents(deal)
    loading.add_notices(deal)
    agreement = versions.current(deal)
    found = sorted(deal.documents.all(), key=lambda d: (d.withdrawn_at is not None, -d.version))
    return {
        "agreement": agreement,
        "pending": pending_amendment(deal, reader),
        "documents": [document_line(document, reader) for document in found],
        "versions": version_lines(deal),
        "may": drafting(reader),
        **compliance_context(deal, agreement, reader),
    }

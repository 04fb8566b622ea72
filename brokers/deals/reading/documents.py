"""A document of a deal as pages show it: who signed when, who has not, whether the reader is next."""

from typing import Any

from brokers.deals import documents, guards
from brokers.deals.models import Document
from brokers.deals.reading.readers import Reader


def document_line(document: Document, reader: Reader) -> dict[str, Any]:
    """Return `document` with who signed when, who has not, and whether `reader` signs next."""
    unsigned = guards.unsigned_parties(document)
    is_open = document.withdrawn_at is None
    return {
        "document": document,
        "signatures": [
            {"party": reader.name(s.party), "person": reader.person(s.user), "at": s.signed_at}
            for s in document.signatures.all()
        ],
        "unsigned": [reader.name(party) for party in unsigned] if is_open else [],
        "signs": documents.is_signable(document, reader.deal)
        and any(party in reader.signing for party in unsigned),
    }

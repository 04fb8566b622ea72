"""The versions of an agreement as pages show them: the one on its way, and all that were signed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from brokers.deals import agreements, amendment_rules, comparison, documents, guards, versions
from brokers.deals.models import Agreement, Deal, Document
from brokers.deals.reading import tasks
from brokers.deals.reading.readers import Reader
from brokers.deals.stages import Stage


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """A version that was proposed: since when and until when it was in force, and its text."""

    agreement: Agreement
    document: Document
    since: datetime | None
    until: datetime | None
    is_comparable: bool


@dataclass(frozen=True, kw_only=True)
class PendingAmendment:
    """The amendment on its way: who has signed, who has not, what else it takes, what the reader may;
    who may sign may decline."""

    agreement: Agreement
    document: Document | None
    signed: list[str]
    unsigned: list[str]
    obstacles: list[str]
    reason: str
    may_sign: bool
    may_draft: bool

    @property
    def may_enforce(self) -> bool:
        return self.may_draft and self.document is not None and not self.unsigned


def drafting(reader: Reader) -> dict[str, bool]:
    """Return whether `reader` may `draft` the agreement now, or `amend` the one in force."""
    drafts, deal = reader.acts_for(*tasks.DRAFTERS), reader.deal
    return {
        "draft": drafts and deal.stage == Stage.NEGOTIATING,
        "amend": drafts and agreements.is_amended(deal),
    }


def pending_amendment(deal: Deal, reader: Reader) -> PendingAmendment | None:
    """Return the amendment of `deal`, read with `loading.add_documents`, if one is on its way."""
    found = versions.amendment(deal)
    if found is None:
        return None
    document = next((d for d in deal.documents.all() if d.pk == found.document_id), None)
    is_out = document is not None and documents.amends(document)
    unsigned = guards.unsigned_parties(document) if document and is_out else []
    signatures = document.signatures.all() if document else ()
    able = [party for party in unsigned if party in reader.signing]
    return PendingAmendment(
        agreement=found,
        document=document,
        signed=[reader.name(signature.party) for signature in signatures],
        unsigned=[reader.name(party) for party in unsigned],
        obstacles=amendment_rules.obstacles(found) if is_out else [],
        reason=_declined_because(deal, found),
        may_sign=bool(able),
        may_draft=reader.acts_for(*tasks.DRAFTERS),
    )


def version_lines(deal: Deal) -> list[VersionLine]:
    """Return the versions of the agreement of `deal` that were proposed, the newest first."""
    texts = {document.pk: document for document in deal.documents.all()}
    return list(_lines(deal, texts))[::-1]


def _lines(deal: Deal, texts: dict[Any, Document]) -> Iterator[VersionLine]:
    binding = [agreement for agreement in deal.agreements.all() if agreement.is_binding]
    later = dict(pairwise(binding))
    for agreement in deal.agreements.all():
        if agreement.document_id is not None:
            following = later.get(agreement)
            compared = agreement.is_binding or agreement.state in Agreement.PENDING
            yield VersionLine(
                agreement=agreement,
                document=texts[agreement.document_id],
                since=agreement.signed_at,
                until=following.signed_at if following else None,
                is_comparable=compared and comparison.amended_by(agreement) is not None,
            )


def _declined_because(deal: Deal, agreement: Agreement) -> str:
    if agreement.state != Agreement.State.DECLINED:
        return ""
    declined = deal.events.filter(kind="amendment_declined", data__version=agreement.version)
    event = declined.last()
    return event.note if event else ""

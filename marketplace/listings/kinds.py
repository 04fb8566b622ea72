"""The two kinds of listing by the name that addresses, forms and filters use."""

from typing import TypeAlias

from marketplace.listings.models import ResearchResult, TechnologyNeed

AnyListing: TypeAlias = ResearchResult | TechnologyNeed

KINDS: dict[str, type[ResearchResult] | type[TechnologyNeed]] = {
    model.kind: model for model in (ResearchResult, TechnologyNeed)
}


class KindConverter:
    """A kind of listing as a part of an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value

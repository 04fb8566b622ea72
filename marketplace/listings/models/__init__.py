from marketplace.listings.models.disclosure import DisclosureGrant
from marketplace.listings.models.experts import ExpertProfile
from marketplace.listings.models.listing import Listing
from marketplace.listings.models.needs import NeedAttachment, NeedMetric, TechnologyNeed
from marketplace.listings.models.openings import Openings
from marketplace.listings.models.results import (
    IpRight,
    ResearchResult,
    ResultAttachment,
    ResultFigure,
)
from marketplace.listings.models.review import ListingReview

__all__ = [
    "DisclosureGrant",
    "ExpertProfile",
    "IpRight",
    "Listing",
    "ListingReview",
    "NeedAttachment",
    "NeedMetric",
    "Openings",
    "ResearchResult",
    "ResultAttachment",
    "ResultFigure",
    "TechnologyNeed",
]

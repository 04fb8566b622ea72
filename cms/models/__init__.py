from cms.models.cases import CaseIndexPage, CasePage
from cms.models.menus import Menus
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.pages import ContentPage, HomePage
from cms.models.pairings import FeaturedPairing

__all__ = [
    "CaseIndexPage",
    "CasePage",
    "ContentPage",
    "FeaturedPairing",
    "HomePage",
    "Menus",
    "NewsIndexPage",
    "NewsPage",
]

from cms.models.menus import Menus
from cms.models.pages import ContentPage, HomePage
from cms.models.pairings import FeaturedPairing

__all__ = ["ContentPage", "FeaturedPairing", "HomePage", "Menus"]

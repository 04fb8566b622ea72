from marketplace.listings.forms.listing import ListingForm, with_row
from marketplace.listings.forms.needs import NeedForm
from marketplace.listings.forms.results import ResultForm

FORMS: dict[str, type[ListingForm]] = {"result": ResultForm, "need": NeedForm}

__all__ = ["FORMS", "ListingForm", "NeedForm", "ResultForm", "with_row"]

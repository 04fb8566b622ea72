"""Places of the site that are no Wagtail pages, as editors may link to them."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Destination(models.TextChoices):
    """The label is the text of the link where the editor gives none."""

    RESULTS = "results", _("Research results")
    NEEDS = "needs", _("Technology needs")
    ORGANISATIONS = "organisations", _("Organisations")
    EXPERTS = "experts", _("Experts")
    BROKERS = "brokers", _("Technology brokers")
    FEATURED = "featured", _("Featured pairings")
    NOTICES = "notices", _("Public notices")
    FIGURES = "figures", _("The platform in figures")
    SEARCH = "search", _("Search")
    NEW_RESULT = "new_result", _("Publish a result")
    NEW_NEED = "new_need", _("Post a need")
    SIGN_UP = "sign_up", _("Create an account")
    DESK = "desk", _("My desk")

    @property
    def url(self) -> str:
        """The address in the reader's language."""
        name, *arguments = _ROUTES[self]
        return reverse(name, args=arguments)


_ROUTES = {
    Destination.RESULTS: ("listings:results",),
    Destination.NEEDS: ("listings:needs",),
    Destination.ORGANISATIONS: ("listings:organisations",),
    Destination.EXPERTS: ("listings:experts",),
    Destination.BROKERS: ("profiles:brokers",),
    Destination.FEATURED: ("featured",),
    Destination.NOTICES: ("deals:notices",),
    Destination.FIGURES: ("deals:figures",),
    Destination.SEARCH: ("search:results",),
    Destination.NEW_RESULT: ("listings:create", "result"),
    Destination.NEW_NEED: ("listings:create", "need"),
    Destination.SIGN_UP: ("account_signup",),
    Destination.DESK: ("dashboard",),
}

"""News and a typical case, with pictures, and a case of a deal whose parties do not allow it."""

from typing import Any

from django.test import Client

from brokers.deals import case_consents
from brokers.deals.models import Deal
from tests.access.market import Places
from tests.cms.articles import make_case, make_news, make_picture
from tests.deals.factories import World


def articles(world: World, *, told: Any, untold: Any) -> Places:
    """Return what addresses of articles ask for; `told` and `untold` are the deals."""
    deal = Deal.objects.get(pk=told)
    signers = {"institution": world.dean, "enterprise": world.buyer}
    for party in deal.parties.all():
        by = signers.get(party.role) or party.user
        case_consents.say(party=party, allows=True, is_named=True, shows_price=True, by=by)
    drawn = {"picture": make_picture(), "picture_alt": "A cell."}
    made = {
        "article": make_news(**drawn),
        "case": make_case(deal, slug="told", **drawn),
        "untold case": make_case(Deal.objects.get(pk=untold), slug="untold"),
    }
    addresses = {name: page.get_url() for name, page in made.items()}
    addresses |= {"news": "/en/news/", "cases": "/en/cases/"}
    for (
        address
    ) in addresses.values():  # Wagtail makes each size of a picture when it is first shown
        Client().get(address)
    places = {name: {"address": address} for name, address in addresses.items()}
    return {**places, "version": {"page_id": made["article"].pk}}

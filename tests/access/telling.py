"""News, and typical cases with pictures: of a deal whose parties allow it, and of one whose do not."""

from typing import Any

from django.test import Client

from brokers.deals import case_consents
from brokers.deals.models import Deal
from cms.models.writing import SHARED_WIDTH
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
    shown, hidden = make_picture(), make_picture()
    drawn = {"picture_alt": "A cell."}
    made = {
        "article": make_news(),
        "case": make_case(deal, slug="told", picture=shown, **drawn),
        "untold case": make_case(
            Deal.objects.get(pk=untold), slug="untold", picture=hidden, **drawn
        ),
    }
    addresses = {name: page.get_url() for name, page in made.items()}
    addresses |= {"news": "/en/news/", "cases": "/en/cases/"}
    for address in addresses.values():  # a size of a picture is made when it is first shown
        Client().get(address)
    addresses["picture"] = shown.get_rendition(SHARED_WIDTH).url
    places = {name: {"address": address} for name, address in addresses.items()}
    return {**places, "version": {"page_id": made["article"].pk, "image_id": hidden.pk}}

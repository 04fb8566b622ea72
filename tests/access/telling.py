"""News, a typical case of a deal whose parties allow it, and one of a deal whose parties do not."""

from typing import Any

from brokers.deals import case_consents
from brokers.deals.models import Deal
from tests.access.market import Places
from tests.cms.articles import make_case, make_news
from tests.deals.factories import World


def articles(world: World, *, told: Any, untold: Any) -> Places:
    """Return what addresses of articles ask for; `told` and `untold` are the deals."""
    deal = Deal.objects.get(pk=told)
    signers = {"institution": world.dean, "enterprise": world.buyer}
    for party in deal.parties.all():
        by = signers.get(party.role) or party.user
        case_consents.say(party=party, allows=True, is_named=True, shows_price=True, by=by)
    made = {
        "article": make_news(),
        "case": make_case(deal, slug="told"),
        "untold case": make_case(Deal.objects.get(pk=untold), slug="untold"),
    }
    addresses = {name: page.get_url() for name, page in made.items()}
    addresses |= {"news": "/en/news/", "cases": "/en/cases/"}
    places = {name: {"address": address} for name, address in addresses.items()}
    return {**places, "version": {"page_id": made["article"].pk}}

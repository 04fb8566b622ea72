"""Experts as readers meet them: the list, the page of one, and those of a result."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.models import ExpertProfile, ResearchResult
from marketplace.listings.models.experts import with_public_team
from marketplace.listings.visibility import live_for
from marketplace.metadata import Metadata, describe

DETAIL = "listings/expert.html"


def context(expert: ExpertProfile) -> dict[str, Any]:
    """Return what the page of `expert` shows: the same to everybody."""
    on_team = with_public_team().filter(pk__in=[result.pk for result in expert.results.all()])
    results = live_for(on_team.select_related(*RELATED), AnonymousUser())
    return {
        "expert": expert,
        "facts": [
            (_("Fields of work"), " · ".join(one.name for one in expert.industries.all())),
            (
                _("Ways of working together"),
                " · ".join(map(str, expert.get_cooperation_modes_list())),
            ),
        ],
        "cards": [card_of(result) for result in results],
    }


def metadata(expert: ExpertProfile, request: HttpRequest) -> Metadata:
    """Return what the page of `expert` says of itself in the reader's language."""
    return describe(
        request,
        path=expert.get_absolute_url(),
        title=expert.name,
        description=expert.profile[:200],
        structured={
            "@type": "Person",
            "name": expert.name,
            "jobTitle": expert.position,
            "description": expert.profile,
            "affiliation": {"@type": "Organization", "name": expert.organisation.name},
            "knowsAbout": [industry.name for industry in expert.industries.all()],
        },
    )


def of_result(result: ResearchResult) -> QuerySet[ExpertProfile]:
    """Return the experts who are shown as being on the team of `result`."""
    return ExpertProfile.objects.shown().filter(results=result.pk)


def organisations() -> QuerySet[Organisation]:
    """Return the organisations of the experts who are shown."""
    shown = ExpertProfile.objects.shown().order_by()
    return Organisation.objects.filter(pk__in=shown.values("organisation"))

"""The signed-in person's desk: own organisations, listings, matches and deals, what to do next."""

from itertools import chain

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokers.deals.models import Deal
from brokers.profiles.models import BrokerProfile
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.decisions.lists import kept

SHOWN = 5


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    user = request.user
    memberships = list(user.memberships.select_related("organisation"))  # type: ignore[union-attr]
    organisations = [membership.organisation_id for membership in memberships]
    listings = sorted(
        chain.from_iterable(
            model.objects.filter(organisation__in=organisations)
            .select_related("organisation")
            .order_by("-created_at")[:SHOWN]
            for model in (ResearchResult, TechnologyNeed)
        ),
        key=lambda listing: listing.created_at,
        reverse=True,
    )
    context = {
        "memberships": memberships,
        "listings": listings[:SHOWN],
        "deals": Deal.objects.of(user).for_list()[:SHOWN],
        "kept": kept(user, SHOWN),
        "watches": user.watches.select_related("need", "result")[:SHOWN],  # type: ignore[union-attr]
        "broker_profile": BrokerProfile.objects.filter(user__pk=user.pk or 0).first(),
    }
    return render(request, "dashboard.html", context)

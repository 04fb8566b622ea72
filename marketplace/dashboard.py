"""The signed-in person's desk: own organisations, listings, matches and deals, what to do next, and
what they do for the platform.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from brokers.deals.models import Complaint, Deal
from brokers.deals.reading.treasury import collects, waiting_at_bank
from brokers.profiles.models import BrokerProfile
from marketplace.accounts import invitations
from marketplace.accounts.permissions import is_administrator
from marketplace.listings.drafts import bring_reviews
from marketplace.listings.lifecycle import status
from marketplace.listings.models import ResearchResult, TechnologyNeed
from search.decisions.lists import kept

SHOWN = 5


class Duty(NamedTuple):
    """A place where somebody works for others, and how much waits there."""

    title: str
    url: str
    waiting: int = 0


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    user = request.user
    memberships = list(user.memberships.select_related("organisation"))  # type: ignore[union-attr]
    organisations = [membership.organisation_id for membership in memberships]
    context = {
        "duties": list(_duties(user)),
        "memberships": memberships,
        "invitations": invitations.waiting(user),  # type: ignore[arg-type]
        "listings": [(listing, status(listing).label) for listing in _latest(organisations)],
        "deals": Deal.objects.of(user).for_list()[:SHOWN],
        "kept": kept(user, SHOWN),
        "watches": user.watches.select_related("need", "result")[:SHOWN],  # type: ignore[union-attr]
        "broker_profile": BrokerProfile.objects.filter(user__pk=user.pk or 0).first(),
    }
    return render(request, "dashboard.html", context)


def _duties(user: Any) -> Iterator[Duty]:
    if collects(user):
        yield Duty(_("At the bank"), reverse("deals:treasury"), waiting_at_bank(user))
    if is_administrator(user):
        waiting = Complaint.objects.filter(state=Complaint.State.OPEN).count()
        yield Duty(_("Complaints"), reverse("deals:complaints"), waiting)
    if user.has_perm("site:edit"):
        yield Duty(_("Administration"), reverse("wagtailadmin_home"))


def _latest(organisations: Collection[int]) -> list[Any]:
    """Return the listings of `organisations` that were begun last, with what their status asks of."""
    found: list[Any] = []
    for model in (ResearchResult, TechnologyNeed):
        own = model._default_manager.filter(organisation__in=organisations)
        rows = list(own.select_related("organisation").order_by("-created_at")[:SHOWN])
        bring_reviews(rows)
        found += rows
    return sorted(found, key=lambda listing: listing.created_at, reverse=True)[:SHOWN]

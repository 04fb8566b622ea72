"""Find the deal that an address names, or answer as if it did not exist.

Who takes no part is told nothing: 404, the same as for a number that was never given out. Who takes
part but may not do what the address is for gets 403.
"""

import uuid

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from brokers.deals.models import Agreement, Deal, Milestone
from brokers.deals.reading.loading import with_parties
from brokers.deals.reading.treasury import keeps_books
from marketplace.accounts import second_factor
from marketplace.accounts.permissions import require

SHOWN = ("introduction__decision", "introduction__introduced_by", "result__author")


def require_keeper(request: HttpRequest) -> None:
    """Raise `Http404` for who keeps no books; who does needs a second factor."""
    if not keeps_books(request.user):
        raise Http404
    second_factor.demand(request.user)


def require_books(request: HttpRequest) -> None:
    """Raise `Http404` for who does not keep the platform's books; who does needs a second factor."""
    if not request.user.has_perm("books:keep"):
        raise Http404
    second_factor.demand(request.user)


def own_deal(request: HttpRequest, pk: uuid.UUID, permission: str = "deal:read") -> Deal:
    """Return the deal if the reader has `permission` on it.

    Raises `Http404` for who may not read it, `PermissionDenied` for who may read it only.
    """
    deal = _deal(pk)
    if not request.user.has_perm("deal:read", deal):
        raise Http404
    require(request.user, permission, deal)
    return deal


def known_deal(request: HttpRequest, pk: uuid.UUID) -> Deal:
    """Return the deal for who reads it, has left it, or is to join it; raises `Http404` for others."""
    deal = _deal(pk)
    if not any(request.user.has_perm(name, deal) for name in ("deal:read", "deal:look_back")):
        raise Http404
    return deal


def _deal(pk: uuid.UUID) -> Deal:
    return get_object_or_404(with_parties(Deal.objects.select_related(*SHOWN)), pk=pk)


def own_milestone(
    request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID, permission: str = "deal:read"
) -> Milestone:
    """Return a milestone of a signed agreement of the deal; see `own_deal`."""
    return milestone_of(own_deal(request, pk, permission), milestone)


def milestone_of(deal: Deal, milestone: uuid.UUID) -> Milestone:
    """Return a milestone of a signed agreement of `deal`, be it replaced by now. Raises `Http404`."""
    milestones = Milestone.objects.select_related("agreement__collector").prefetch_related("costs")
    found: Milestone = get_object_or_404(
        milestones,
        pk=milestone,
        agreement__deal=deal,
        agreement__state__in=Agreement.BINDING,
    )
    found.agreement.deal = deal
    return found

"""A broker's board, the record behind the public figures, and the answers to who asks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import protection
from brokers.deals.pipeline import record as records
from brokers.deals.pipeline.board import board
from brokers.deals.pipeline.forecast import earned_by
from brokers.deals.reading.loading import with_parties
from brokers.deals.reading.readers import Reader
from brokers.profiles import assignments
from brokers.profiles.models import Assignment, BrokerProfile
from marketplace.accounts.permissions import roles_of
from marketplace.listings.views.lookup import signed_in

PER_PAGE = 20
ANSWERS = {"accept": True, "decline": False}


@login_required
@require_safe
def own_board(request: HttpRequest) -> HttpResponse:
    profile = get_object_or_404(BrokerProfile, user=signed_in(request))
    return redirect("deals:pipeline", profile.pk)


@login_required
@require_safe
def pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the board to its broker and to administrators."""
    profile = _profile(request, pk)
    asked = profile.user.assignments.filter(state__in=Assignment.OPEN)
    context = {
        "profile": profile,
        "is_own": profile.user == request.user,
        "board": board(profile.user, viewer=request.user),
        "assignments": asked.select_related("need__organisation", "asked_by"),
        "claims": protection.claimed_by(profile.user),
    }
    return render(request, "deals/pipeline.html", context)


@login_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the deals that a figure counts, each with what was earned, down to its ledger rows."""
    profile = _profile(request, pk)
    name = request.GET.get("figure", "brokered")
    if name not in records.FIGURES:
        raise Http404
    deals = records.deals_of(profile.user, name)
    page = Paginator(with_parties(deals), PER_PAGE).get_page(request.GET.get("page"))
    roles, shown = roles_of(request.user), [deal.pk for deal in page]
    context = {
        "profile": profile,
        "heading": records.heading(name),
        "figures": records.figures(profile.user),
        "chosen": name,
        "page": page,
        "rows": [(deal, Reader(request.user, deal, roles).other_side) for deal in page],
        "counted": set(records.public(deals.filter(pk__in=shown)).values_list("pk", flat=True)),
        "earned": earned_by(profile.user),
    }
    return render(request, "deals/record.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, assignment: int, name: str) -> HttpResponse:
    """Accept or decline to look after a need, or end it."""
    found = get_object_or_404(
        Assignment.objects.select_related("need", "broker", "asked_by"),
        pk=assignment,
        broker=signed_in(request),
    )
    try:
        if name == "end":
            assignments.end(assignment=found, by=request.user)
        elif name in ANSWERS:
            assignments.answer(assignment=found, by=request.user, accepts=ANSWERS[name])
        else:
            raise Http404
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Your answer has been kept, and who asked is told."))
    return redirect("deals:own_pipeline")


def _profile(request: HttpRequest, pk: int) -> BrokerProfile:
    """Return a profile whose record the reader may see. Raises `Http404`."""
    profile = get_object_or_404(BrokerProfile.objects.select_related("user"), pk=pk)
    if not request.user.has_perm("broker:read_record", profile):
        raise Http404
    return profile

"""The public pages of experts, and a person's own profile."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from marketplace.listings import experts, lifecycle
from marketplace.listings.expert_filters import ExpertFilter
from marketplace.listings.forms.experts import ExpertForm
from marketplace.listings.models import ExpertProfile
from marketplace.listings.views.actions import CONFIRMED, SUBMITTED, carry_out
from marketplace.listings.views.lookup import signed_in

PER_PAGE = 24
ACTIONS: dict[str, tuple[Any, Any]] = {
    "recall": (lifecycle.recall, gettext_lazy("Taken back from review. You can change it now.")),
    "confirm": (lifecycle.confirm, CONFIRMED),
    "withdraw": (lifecycle.withdraw, gettext_lazy("Nobody else can read your profile any more.")),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    chosen = ExpertFilter(request.GET, ExpertProfile.objects.shown(), request=request)
    found = Paginator(chosen.qs.for_cards(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "applied": list(chosen.applied()), "found": found}
    return render(request, "listings/experts.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    expert = get_object_or_404(ExpertProfile.objects.shown().for_cards(), pk=pk)
    context = {**experts.context(expert), "metadata": experts.metadata(expert, request)}
    return render(request, experts.DETAIL, context)


@login_required
def own(request: HttpRequest) -> HttpResponse:
    """Show the own profile, and hand it to the moderators on POST."""
    user = signed_in(request)
    profile = ExpertProfile.objects.filter(user=user).first()
    draft = lifecycle.working_copy(profile) if profile else ExpertProfile(user=user)
    is_sent = request.method == "POST"
    form = ExpertForm(request.POST if is_sent else None, instance=draft, user=user)
    if is_sent and form.is_valid():
        try:
            lifecycle.save_draft(form.save(commit=False), author=user)
            lifecycle.submit(ExpertProfile.objects.get(user=user), author=user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, SUBMITTED)
            return redirect("listings:own_expert")
    context = {
        "form": form,
        "profile": profile,
        "status": lifecycle.status(profile) if profile else None,
        "may_edit": not (profile and profile.workflow_in_progress),
        "is_shown": bool(profile) and ExpertProfile.objects.shown().filter(user=user).exists(),
        "remarks": _remarks(profile),
    }
    return render(request, "listings/own_expert.html", context, status=422 if is_sent else 200)


def _remarks(profile: ExpertProfile | None) -> str:
    """Return what the moderator said who returned the profile."""
    state = profile.current_workflow_task_state if profile else None
    return state.comment if state and state.status == state.STATUS_REJECTED else ""


@login_required
@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Confirm the own profile, take it back from review, or off the site."""
    profile = get_object_or_404(ExpertProfile, user=signed_in(request))
    if name not in ACTIONS:
        raise Http404(_("There is no such step."))
    service, done = ACTIONS[name]
    carry_out(request, service, profile, done)
    return redirect("listings:own_expert")

"""Find a broker for a need: the ranking with its reasons, who is asked, what they answered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brokers.deals.forms.assigning import AskForm
from brokers.deals.pipeline.load import loads
from brokers.deals.views.answers import add_refusal, form_status, posted
from brokers.profiles import assignments
from marketplace.listings.models import TechnologyNeed

SHOWN = 10


@login_required
def brokers_for(request: HttpRequest, need: int) -> HttpResponse:
    """Rank the verified brokers for a need, and ask one of them on POST."""
    found = _own_need(request, need)
    ranked = assignments.candidates(found, loads=loads())
    open_to = [candidate for candidate in ranked if not candidate.conflict]
    form = AskForm(posted(request)[0], brokers=[c.profile.user for c in open_to])
    if form.is_valid():
        try:
            assignments.ask(need=found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The broker has been asked."))
            return redirect("deals:brokers_for", found.pk)
    context = {
        "need": found,
        "form": form,
        "ranked": open_to[:SHOWN],
        "excluded": [candidate for candidate in ranked if candidate.conflict],
        "asked": found.assignments.select_related("broker"),
    }
    return render(request, "deals/brokers_for.html", context, status=form_status(form))


@login_required
@require_POST
def end(request: HttpRequest, need: int, assignment: int) -> HttpResponse:
    """Withdraw the question, or end the assignment, for the organisation that has the need."""
    found = _own_need(request, need)
    one = get_object_or_404(found.assignments.select_related("broker", "need"), pk=assignment)
    try:
        assignments.end(assignment=one, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Ended. The broker is told."))
    return redirect("deals:brokers_for", found.pk)


def _own_need(request: HttpRequest, pk: int) -> TechnologyNeed:
    """Return a live need that the reader may assign. Raises `Http404`."""
    needs = TechnologyNeed.objects.select_related("organisation", "industry", "region")
    found = get_object_or_404(needs, pk=pk, live=True)
    if not request.user.has_perm("need:assign_broker", found):
        raise Http404
    return found

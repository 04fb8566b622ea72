"""The policies of an institution: all versions, what each gives of an example, and the next one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from brokers.deals.forms.policy import PolicyForm
from brokers.deals.reading.policies import policy_lines
from brokers.settlement.services import policies
from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = _institution(request, slug)
    versions = organisation.policies.select_related("added_by").order_by("-version")
    current = policies.in_force(organisation.pk, on=timezone.localdate())
    context = {
        "organisation": organisation,
        "lines": policy_lines(versions, current),
        "may_add": request.user.has_perm("policy:add", organisation),
    }
    return render(request, "deals/policies.html", context)


@login_required
def add(request: HttpRequest, slug: str) -> HttpResponse:
    organisation = _institution(request, slug)
    require(request.user, "policy:add", organisation)
    before = policies.in_force(organisation.pk, on=timezone.localdate())
    is_row = request.POST.get("action") == "add-team_tiers"
    data = request.POST if request.method == "POST" else None
    form = PolicyForm(data, before=before, add_row=is_row)
    status = 200
    if data is not None and is_row:
        form.forgive()
    elif data is not None:
        if form.is_valid() and _added(request, form, organisation):
            return redirect("deals:policies", organisation.slug)
        status = 422
    context = {"organisation": organisation, "form": form, "before": before}
    return render(request, "deals/policy.html", context, status=status)


def _added(request: HttpRequest, form: PolicyForm, organisation: Organisation) -> bool:
    typed: dict[str, Any] = form.fields()
    try:
        policy = policies.add(organisation=organisation, by=signed_in(request), **typed)
    except ValidationError as refusal:
        form.refuse(refusal.error_dict)
        return False
    text = _(
        "Version %(version)s has been added. Agreements from %(date)s on are proposed from it."
    )
    date = policy.effective_from.isoformat()
    messages.success(request, text % {"version": policy.version, "date": date})
    return True


def _institution(request: HttpRequest, slug: str) -> Organisation:
    """Return the institution whose policies the reader may read. Raises `Http404`."""
    organisation = get_object_or_404(Organisation, slug=slug)
    if not request.user.has_perm("policy:read", organisation):
        raise Http404
    return organisation

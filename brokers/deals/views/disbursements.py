"""Payouts that an institution passes on: what is open, record one, read what proves it."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals import disbursements
from brokers.deals.forms.money_papers import DisbursementForm
from brokers.deals.models import Deal
from brokers.deals.views.answers import FormPage, answer, posted
from brokers.settlement.models import Payout
from marketplace.audit import trail
from marketplace.files.serving import attachment_response
from marketplace.listings.views.lookup import signed_in

PER_PAGE = 50


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """List what reached the institutions for which the reader may sign, to be passed on first."""
    found = disbursements.passed_through(request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    deals = Deal.objects.select_related("result").in_bulk([p.book_id for p in page])
    rows = [{"payout": payout, "deal": deals[payout.book_id]} for payout in page]
    return render(request, "deals/disbursements.html", {"page": page, "rows": rows})


@login_required
@never_cache
def record(request: HttpRequest, payout: uuid.UUID) -> HttpResponse:
    found = _payout(request, payout, "disbursement:record")
    page = FormPage(
        title=_("Record that it was passed on"),
        button=_("Record it"),
        done=_("Recorded. The payee sees it in the statement."),
        then=reverse("deals:disbursements"),
        template="deals/disburse.html",
        context={"payout": found},
    )
    form = DisbursementForm(*posted(request), currency=found.currency)
    by = signed_in(request)
    return answer(request, form, page, disbursements.record, payout=found, by=by)


@login_required
@require_safe
@never_cache
def evidence(request: HttpRequest, payout: uuid.UUID) -> HttpResponseBase:
    """Send what proves a disbursement to the institution and the payee; each download is logged."""
    found = _payout(request, payout, "disbursement:read")
    proof: Any = getattr(found, "proof", None)
    if proof is None:
        raise Http404
    deal = Deal.objects.get(pk=found.book_id)
    trail.record(actor=request.user, action="deal.download", target=deal, file=str(proof.file_id))
    return attachment_response(proof.file)


def _payout(request: HttpRequest, pk: uuid.UUID, permission: str) -> Payout:
    """Return a payout through an institution. Raises `Http404` for who may not see it."""
    payouts = Payout.objects.select_related("via", "user", "organisation", "proof__file")
    found: Payout = get_object_or_404(payouts, pk=pk, via__isnull=False)
    if not request.user.has_perm(permission, found):
        raise Http404
    return found

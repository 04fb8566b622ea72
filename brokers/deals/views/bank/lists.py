"""Payout lists: draw one up, release it as a second person, send it to the bank."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals.forms.bank import PayoutListForm
from brokers.deals.reading.bank import lists as reading
from brokers.deals.views.answers import REFUSALS, attempt, file_response, form_status, status, texts
from brokers.deals.views.lookup import require_keeper
from brokers.payments import payout_lists
from brokers.payments.models import PayoutList
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.listings.views.lookup import signed_in

ENCODINGS = {"utf-8": "utf-8", "gb18030": "gb18030"}


@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Show what can go on a list and the lists there are; draw one up."""
    require_keeper(request)
    batches = reading.batches(request.user)
    form = None
    if request.method == "POST":
        form = PayoutListForm(request.POST, orders=[o for batch in batches for o in batch.orders])
        if form.is_valid() and attempt(form, _draw_up, user=request.user, **form.cleaned_data):
            messages.success(request, _("Drawn up. A second person releases it."))
            return redirect("deals:payout_lists")
    context = {
        "batches": batches,
        "lists": reading.payout_lists(request.user)[:100],
        "form": form,
    }
    code = form_status(form) if form else 200
    return render(request, "deals/bank/lists.html", context, status=code)


@login_required
@require_safe
@never_cache
def payout_list(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, _list(request, pk))


@login_required
@require_POST
def release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = _list(request, pk)
    require(request.user, "payout_list:release", found)
    return _decide(request, found, payout_lists.release, _("Released. It can go to the bank now."))


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = _list(request, pk)
    require(request.user, "payout_list:withdraw", found)
    done = _("Withdrawn. Its payments can be on another list.")
    return _decide(request, found, payout_lists.withdraw, done)


@login_required
@require_safe
@never_cache
def download(request: HttpRequest, pk: uuid.UUID, encoding: str) -> HttpResponse:
    """Send a released list as a table for the bank; each download is logged."""
    found = _list(request, pk)
    if encoding not in ENCODINGS or found.state != PayoutList.State.RELEASED:
        raise Http404
    trail.record(actor=request.user, action="payout_list.download", target=found)
    text = reading.list_csv(found)
    if encoding != "utf-8":
        text = text.removeprefix("\ufeff")
    return file_response(
        text.encode(encoding), f"{found.name}.csv", f"text/csv; charset={encoding}"
    )


def _draw_up(*, user: Any, orders: list[Any]) -> None:
    collector = orders[0].collector
    require(user, "payout_list:draw_up", collector)
    payout_lists.draw_up(collector=collector, currency=orders[0].currency, orders=orders, by=user)


def _list(request: HttpRequest, pk: uuid.UUID) -> PayoutList:
    found: PayoutList = get_object_or_404(reading.payout_lists(request.user), pk=pk)
    require(request.user, "payout_list:read", found)
    return found


def _decide(
    request: HttpRequest, found: PayoutList, service: Callable[..., None], done: str
) -> HttpResponse:
    try:
        service(payout_list=found, by=signed_in(request))
    except REFUSALS as refusal:
        return _page(request, found, problems=texts(refusal), code=status(refusal))
    messages.success(request, done)
    return redirect("deals:payout_list", found.pk)


def _page(
    request: HttpRequest, found: PayoutList, *, problems: list[str] | None = None, code: int = 200
) -> HttpResponse:
    orders = payout_lists.orders_of(found)
    payees = reading.payees(orders)
    context = {
        "list": found,
        "rows": [(order, payees[order.pk]) for order in orders],
        "total": payout_lists.total(found, orders),
        "problems": problems or [],
        "may_release": request.user.has_perm("payout_list:release", found),
    }
    return render(request, "deals/bank/list.html", context, status=code)

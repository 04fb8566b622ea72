"""Pay a milestone: choose how, go to the checkout or to bank instructions, wait for the confirmation."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import performance
from brokers.deals.forms.performing import GatewayForm
from brokers.deals.models import Milestone
from brokers.deals.reading.milestones import latest_charges
from brokers.deals.views.answers import REFUSALS, add_refusal, form_status, posted, status, texts
from brokers.deals.views.lookup import own_milestone
from brokers.payments import charges, registry
from brokers.payments.models import BankEntry, Charge
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
def pay(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    """Choose how to pay; a second click leads to the same checkout."""
    found = own_milestone(request, pk, milestone)
    deal = found.agreement.deal
    require(request.user, "payment:pay", deal.enterprise)
    if found.paid_at is not None:
        return redirect("deals:payment", deal.pk, found.pk)
    gateways = registry.accepting(found.money, collector=found.agreement.collector)
    form = GatewayForm(posted(request)[0], gateways=gateways)
    answer_status = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_start(request, found, form.cleaned_data["gateway"]))
        except REFUSALS as refusal:
            add_refusal(form, refusal)
            answer_status = status(refusal)
    context = {"deal": deal, "milestone": found, "form": form, "gateways": gateways}
    return render(request, "deals/pay.html", context, status=answer_status or form_status(form))


def _start(request: HttpRequest, milestone: Milestone, gateway: str) -> str:
    """Open the charge and its checkout; return the address where it is paid."""
    page = reverse("deals:payment", args=[milestone.agreement.deal_id, milestone.pk])
    charge = performance.pay(
        milestone=milestone,
        gateway=gateway,
        payer=signed_in(request),
        return_url=request.build_absolute_uri(page),
    )
    return charges.start_checkout(charge=charge).url or page


@login_required
@require_safe
@never_cache
def payment(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    """Say how the payment stands; the page looks again by itself until that is certain."""
    found = own_milestone(request, pk, milestone)
    charge = latest_charges([found]).get(found.pk)
    if charge is None:
        return redirect("deals:pay", found.agreement.deal_id, found.pk)
    require(request.user, "payment:read", charge)
    return render(request, "deals/payment.html", _context(request, found, charge))


@login_required
@require_POST
def cancel(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    """Close the open payment, so that it can be made in another way."""
    found = own_milestone(request, pk, milestone)
    require(request.user, "payment:pay", found.agreement.deal.enterprise)
    charge = latest_charges([found]).get(found.pk)
    if charge is None or charge.state != Charge.State.OPEN:
        return redirect("deals:payment", pk, milestone)
    try:
        closed = charges.cancel(charge=charge)
    except REFUSALS as refusal:
        context = {**_context(request, found, charge), "problems": texts(refusal)}
        return render(request, "deals/payment.html", context, status=status(refusal))
    if closed.state == Charge.State.CANCELLED:
        messages.success(request, _("The payment has been cancelled. Choose another way to pay."))
        return redirect("deals:pay", pk, milestone)
    return redirect("deals:payment", pk, milestone)


def _context(request: HttpRequest, milestone: Milestone, charge: Charge) -> dict[str, Any]:
    is_open = charge.state == Charge.State.OPEN
    instructions = charges.instructions(charge) if is_open else None
    recorded = any(r.state == BankEntry.State.RECORDED for r in charge.receipts.all())
    deal = milestone.agreement.deal
    is_booked = milestone.paid_at is not None
    return {
        "deal": deal,
        "milestone": milestone,
        "charge": charge,
        "is_booked": is_booked,
        "is_received": is_open and recorded,
        "is_open": is_open,
        "instructions": instructions,
        "is_waiting": not is_booked
        and (charge.state == Charge.State.PAID or (is_open and instructions is None)),
        "may_pay": request.user.has_perm("payment:pay", deal.enterprise),
    }

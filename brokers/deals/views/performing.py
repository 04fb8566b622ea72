"""Perform a signed agreement: deliver, accept, refund."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from brokers.deals import files, performance, refunds, sections
from brokers.deals.forms.performing import DeliveryForm, RefundForm
from brokers.deals.models import Milestone
from brokers.deals.views.answers import FormPage, answer, posted
from brokers.deals.views.lookup import known_deal, milestone_of, own_milestone
from brokers.payments.charges import refundable
from brokers.payments.models import Charge
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
def deliver(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    found = own_milestone(request, pk, milestone, "deal:deliver")
    page = _page(
        found,
        title=_("Deliver “%(title)s”") % {"title": found.title},
        button=_("Tell the enterprise that it is there"),
        done=_("Delivered. The enterprise can accept it now."),
        template="deals/deliver.html",
    )
    form = DeliveryForm(*posted(request))
    return answer(request, form, page, performance.deliver, milestone=found, by=signed_in(request))


@login_required
def accept(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    found = own_milestone(request, pk, milestone, "deal:accept")
    page = _page(
        found,
        title=_("Accept “%(title)s”") % {"title": found.title},
        button=_("Accept the deliverable"),
        done=_("Accepted. The payment is split as agreed."),
        template="deals/accept.html",
        files=files.readable(found.agreement.deal, request.user),
    )
    form = forms.Form(posted(request)[0])
    return answer(request, form, page, performance.accept, milestone=found, by=signed_in(request))


@login_required
def refund(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    found = milestone_of(known_deal(request, pk), milestone)
    charge = get_object_or_404(Charge, pk=found.payment_reference)
    require(request.user, "payment:refund", charge)
    most = refundable(charge)
    page = _page(
        found,
        title=_("Refund “%(title)s”") % {"title": found.title},
        button=_("Order the refund"),
        done=_("The refund has been ordered."),
        template="deals/refund.html",
        most=most,
    )
    form = RefundForm(posted(request)[0], most=most)
    return answer(request, form, page, refunds.request, milestone=found, by=signed_in(request))


def _page(
    milestone: Milestone, *, title: str, button: str, done: str, template: str, **context: Any
) -> FormPage:
    deal = milestone.agreement.deal
    return FormPage(
        title=title,
        button=button,
        done=done,
        then=sections.address(deal.pk, "milestones"),
        template=template,
        context={"deal": deal, "milestone": milestone, **context},
    )

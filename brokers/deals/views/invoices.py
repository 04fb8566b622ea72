"""Invoices: the collector's for a milestone, a broker's for its commission; take a wrong one back."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brokers.deals import invoices, sections
from brokers.deals.forms.money_papers import InvoiceForm
from brokers.deals.models import Deal, Milestone
from brokers.deals.reading.invoices import billable
from brokers.deals.sections import Section
from brokers.deals.views.answers import REFUSALS, FormPage, answer, posted, texts
from brokers.deals.views.lookup import known_deal, own_deal, own_milestone
from brokers.deals.views.sections import section_page
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
def issue(request: HttpRequest, pk: uuid.UUID, milestone: uuid.UUID) -> HttpResponse:
    found = own_milestone(request, pk, milestone)
    require(request.user, "invoice:issue", found.agreement)
    title = _("Invoice for “%(title)s”") % {"title": found.title}
    form = InvoiceForm(*posted(request), most=invoices.not_invoiced(found), with_exemption=True)
    page = _page(found.agreement.deal, title, "deals/invoice.html", milestone=found)
    return answer(request, form, page, _issue, milestone=found, by=signed_in(request))


@login_required
def bill(request: HttpRequest, pk: uuid.UUID, kind: str, number: int) -> HttpResponse:
    deal = known_deal(request, pk)
    if kind not in PayeeKind.values:
        raise Http404
    payee = Payee(PayeeKind(kind), number)
    most = billable(deal, payee)
    if most is None:
        raise Http404
    require(request.user, "invoice:bill", payee)
    form = InvoiceForm(*posted(request), most=most, with_exemption=False)
    page = _page(deal, _("Your invoice"), "deals/bill.html", most=most)
    by = signed_in(request)
    return answer(request, form, page, _bill, deal=deal, payee=payee, by=by)


@login_required
@require_POST
def void(request: HttpRequest, pk: uuid.UUID, invoice: int) -> HttpResponse:
    deal = own_deal(request, pk)
    found = get_object_or_404(deal.invoices, pk=invoice)
    try:
        invoices.void(invoice=found, by=signed_in(request))
    except REFUSALS as refusal:
        return section_page(request, deal, Section.MONEY, problems=texts(refusal), status=422)
    messages.success(request, _("The invoice no longer counts."))
    return redirect(sections.address(deal.pk, "invoices"))


def _issue(*, milestone: Milestone, by: Any, **typed: Any) -> None:
    invoices.issue(milestone=milestone, paper=invoices.Paper(**typed), by=by)


def _bill(*, deal: Deal, payee: Payee, by: Any, **typed: Any) -> None:
    invoices.bill(deal=deal, payee=payee, paper=invoices.Paper(**typed), by=by)


def _page(deal: Deal, title: str, template: str, **context: Any) -> FormPage:
    return FormPage(
        title=title,
        button=_("Record the invoice"),
        done=_("The invoice has been recorded."),
        then=sections.address(deal.pk, "invoices"),
        template=template,
        context={"deal": deal, **context},
    )

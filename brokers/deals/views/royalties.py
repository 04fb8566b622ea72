"""Report the base of a royalty's period."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from brokers.deals import royalties, sections
from brokers.deals.forms.money_papers import RoyaltyReportForm
from brokers.deals.models import Agreement, Royalty
from brokers.deals.reporting_periods import next_period
from brokers.deals.views.answers import FormPage, answer, posted
from brokers.deals.views.lookup import own_deal
from marketplace.listings.views.lookup import signed_in


@login_required
def report(request: HttpRequest, pk: uuid.UUID, royalty: int) -> HttpResponse:
    deal = own_deal(request, pk, "royalty:report")
    found = get_object_or_404(
        Royalty.objects.select_related("agreement").prefetch_related("reports"),
        pk=royalty,
        agreement__deal=deal,
        agreement__state__in=Agreement.BINDING,
    )
    period = next_period(found)
    if period is None and request.method != "POST":
        raise Http404
    page = FormPage(
        title=_("Report “%(title)s”") % {"title": found.title},
        button=_("Report the base"),
        done=_("Reported. What is due is a milestone now."),
        then=sections.address(deal.pk, "royalties"),
        template="deals/report_royalty.html",
        context={"deal": deal, "royalty": found, "period": period},
    )
    form = RoyaltyReportForm(
        *posted(request),
        currency=found.agreement.currency,
        initial={"period_from": period.first if period else None},
    )
    by = signed_in(request)
    return answer(request, form, page, royalties.report, royalty=found, by=by)

"""Direct costs of a milestone: add the evidence, and decide about it."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from brokers.deals import costs, sections
from brokers.deals.forms.money_papers import APPROVE, CostDecisionForm
from brokers.deals.forms.performing import CostEvidenceForm
from brokers.deals.models import Agreement, Deal, DirectCost
from brokers.deals.views.answers import FormPage, answer, posted
from brokers.deals.views.lookup import own_deal
from marketplace.listings.views.lookup import signed_in


@login_required
def prove(request: HttpRequest, pk: uuid.UUID, cost: int) -> HttpResponse:
    deal = own_deal(request, pk, "deal:add_file")
    found = _cost(deal, cost)
    page = _page(
        found,
        title=_("Evidence of “%(cost)s”") % {"cost": found.title},
        button=_("Add the evidence"),
        done=_("The evidence has been added. Somebody else approves it."),
        template="deals/prove.html",
    )
    form = CostEvidenceForm(*posted(request))
    return answer(request, form, page, costs.prove_by_upload, cost=found, by=signed_in(request))


@login_required
def check(request: HttpRequest, pk: uuid.UUID, cost: int) -> HttpResponse:
    deal = own_deal(request, pk, "cost:approve")
    found = _cost(deal, cost)
    page = _page(
        found,
        title=_("Check the cost “%(cost)s”") % {"cost": found.title},
        button=_("Record the decision"),
        done=_("The decision has been recorded."),
        template="deals/check_cost.html",
    )
    form = CostDecisionForm(posted(request)[0])
    return answer(request, form, page, _decide, cost=found, by=signed_in(request))


def _decide(*, cost: DirectCost, by: Any, decision: str, reason: str) -> None:
    if decision == APPROVE:
        costs.approve(cost=cost, by=by)
    else:
        costs.refuse(cost=cost, reason=reason, by=by)


def _cost(deal: Deal, pk: int) -> DirectCost:
    found = DirectCost.objects.select_related("milestone__agreement__deal", "evidence__file")
    signed = {"milestone__agreement__state__in": Agreement.BINDING}
    cost: DirectCost = get_object_or_404(found, pk=pk, milestone__agreement__deal=deal, **signed)
    return cost


def _page(cost: DirectCost, *, title: str, button: str, done: str, template: str) -> FormPage:
    milestone = cost.milestone
    deal = milestone.agreement.deal
    return FormPage(
        title=title,
        button=button,
        done=done,
        then=sections.address(deal.pk, "milestones"),
        template=template,
        context={"deal": deal, "milestone": milestone, "cost": cost},
    )

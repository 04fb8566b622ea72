"""The claim of an earlier broker in a deal: let the broker join, or end the claim with a reason."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brokers.deals import introductions, protection
from brokers.deals.forms.room import ReasonForm
from brokers.deals.models import Deal
from brokers.deals.sections import Section
from brokers.deals.views.answers import REFUSALS, FormPage, answer, posted, texts
from brokers.deals.views.lookup import own_deal
from brokers.deals.views.sections import section_page
from marketplace.listings.views.lookup import signed_in


@login_required
@require_POST
def carry(request: HttpRequest, pk: uuid.UUID, broker: int) -> HttpResponse:
    """Let the earlier broker join the deal, and so have a share in its plan."""
    found = own_deal(request, pk, "deal:add_broker")
    claim = _claim(found, broker)
    try:
        introductions.add_broker(deal=found, broker=claim.broker, actor=request.user)
    except REFUSALS as refusal:
        return section_page(request, found, Section.OVERVIEW, problems=texts(refusal), status=422)
    messages.success(request, _("%(name)s has joined.") % {"name": claim.broker.name})
    return redirect(found)


@login_required
def exclude(request: HttpRequest, pk: uuid.UUID, broker: int) -> HttpResponse:
    """Let an administrator end a claim."""
    found = own_deal(request, pk, "deal:decide_claim")
    claim = _claim(found, broker)
    page = FormPage(
        title=_("End the claim of %(broker)s") % {"broker": claim.broker.name},
        button=_("Decide that the claim ends"),
        done=_("The claim has ended."),
        then=found.get_absolute_url(),
        context={"deal": found, "claim": claim},
        template="deals/claim_end.html",
    )
    form = ReasonForm(posted(request)[0])
    return answer(
        request,
        form,
        page,
        protection.exclude,
        deal=found,
        broker=claim.broker,
        by=signed_in(request),
    )


@login_required
def own_claim(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a broker the claim in a deal that is not theirs, and let them say that they have no part."""
    user = signed_in(request)
    deal = get_object_or_404(
        Deal.objects.select_related("result__organisation", "need__organisation"), pk=pk
    )
    claim = protection.claim_of(user, deal)
    ended = deal.exclusions.filter(broker=user).select_related("introduction").first()
    if claim is None and ended is None:
        raise Http404
    introduction = claim.introduction if claim else ended.introduction  # type: ignore[union-attr]
    page = FormPage(
        title=_("Your claim in deal %(reference)s") % {"reference": deal.reference},
        button=_("I have no part in this deal"),
        done=_("The claim has ended."),
        then=request.path,
        context={"deal": deal, "claim": claim, "ended": ended, "introduction": introduction},
        template="deals/claim.html",
    )
    form = ReasonForm(posted(request)[0])
    return answer(request, form, page, protection.exclude, deal=deal, broker=user, by=user)


def _claim(deal: Deal, broker: int) -> protection.Claim:
    """Return the standing claim of the person `broker`. Raises `Http404`."""
    for claim in protection.claims(deal):
        if claim.broker.pk == broker:
            return claim
    raise Http404

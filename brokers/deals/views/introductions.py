"""Introduce a result and a need to each other."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from brokers.deals import introductions
from brokers.deals.forms.steps import IntroductionForm
from brokers.deals.permissions import may_introduce
from brokers.deals.views.answers import REFUSALS, add_refusal, form_status, posted
from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.listings.views.lookup import signed_in
from marketplace.listings.visibility import live_for
from search import matching


@login_required
def introduce(request: HttpRequest, result: int, need: int) -> HttpResponse:
    """Show the match that will be frozen, and introduce the two on POST."""
    user = signed_in(request)
    results = live_for(ResearchResult.objects.select_related(*RELATED), user)
    needs = live_for(TechnologyNeed.objects.select_related(*RELATED), user)
    offered, asked = get_object_or_404(results, pk=result), get_object_or_404(needs, pk=need)
    if not may_introduce(user, offered, asked):
        raise Http404
    form = IntroductionForm(posted(request)[0])
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="introduce"):
            return ratelimit.respond_429(request)
        message = form.cleaned_data["message"]
        try:
            deal = introductions.introduce(result=offered, need=asked, by=user, message=message)
        except REFUSALS as refusal:
            add_refusal(form, refusal)
        else:
            return redirect(deal)
    context = {
        "form": form,
        "match": matching.pair(need=asked, result=offered, viewer=user),
        "result": card_of(offered),
        "need": card_of(asked),
        "is_anonymous": asked.is_anonymous,
        "protected_until": introductions.protection_for(user, offered, asked),
    }
    return render(request, "deals/introduce.html", context, status=form_status(form))

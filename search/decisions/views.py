"""Decide about a match, and look at what one has decided."""

from typing import Any

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.listings.cards import RELATED, card_of
from marketplace.listings.models import ResearchResult, TechnologyNeed
from marketplace.listings.views.lookup import signed_in
from marketplace.listings.visibility import live_for
from search import decisions, lengths, matching
from search.decisions import lists, shown
from search.decisions.forms import DecisionForm
from search.decisions.recording import Verdict
from search.models import MatchDecision
from search.permissions import Pair

PER_PAGE = 20


@login_required
def decide(request: HttpRequest, need: int, result: int) -> HttpResponse:
    """Show the match as it stands now, and store what its reader decides about it as it was shown."""
    user = signed_in(request)
    pair = _pair(need, result)
    if not rules.has_perm("match:decide", user, pair):
        raise Http404
    if request.method != "POST":
        return _page(request, pair)
    form = DecisionForm(request.POST, pair=pair, user=user)
    if not form.is_valid():
        return _page(request, pair, form)
    decision = decisions.decide(need=pair[0], result=pair[1], by=user, **form.cleaned_data)
    own, other = pair if decision.own_kind == "need" else pair[::-1]
    _say(request, decision, other)
    return redirect(lengths.address(own, request.POST) if own.live else "search:decisions")


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one of the reader's decisions no longer hold."""
    user = signed_in(request)
    made = MatchDecision.objects.filter(verdict__in=(Verdict.ACCEPTED, Verdict.DECLINED))
    decision = get_object_or_404(made, pk=pk, decided_by=user)
    decisions.take_back(decision=decision, by=user)
    messages.success(request, _("Taken back: the match is shown to you again."))
    own = decision.need if decision.own_kind == "need" else decision.result
    if lengths.PARAMETER in request.POST and own.live:
        return redirect(lengths.address(own, request.POST))
    return redirect("search:decisions")


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List the matches that the reader keeps, or has declined."""
    user = signed_in(request)
    chosen = Verdict.DECLINED if request.GET.get("show") == Verdict.DECLINED else Verdict.ACCEPTED
    standing = MatchDecision.objects.standing_of(user).filter(verdict=chosen).select_related("need")
    page = Paginator(standing, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": list(lists.tabs(user, chosen)),
        "is_kept": chosen == Verdict.ACCEPTED,
        "page": page,
        "rows": lists.rows(page, user),
    }
    return render(request, "search/decisions/mine.html", context)


def _pair(need: int, result: int) -> Pair:
    """Return the two listings, whether or not they are on the site. Raises `Http404`."""
    return (
        get_object_or_404(TechnologyNeed.objects.select_related("organisation"), pk=need),
        get_object_or_404(ResearchResult.objects.select_related("organisation"), pk=result),
    )


def _page(request: HttpRequest, pair: Pair, form: DecisionForm | None = None) -> HttpResponse:
    """Show the match as it stands now, with a form for it that keeps what was chosen.

    Raises `Http404` where one of the two is not on the site, or not for this reader.
    """
    user = signed_in(request)
    models = (TechnologyNeed, ResearchResult)
    need, result = (
        get_object_or_404(
            live_for(model._default_manager.select_related(*RELATED), user), pk=listing.pk
        )
        for model, listing in zip(models, pair, strict=True)
    )
    match = matching.pair(need=need, result=result, viewer=user)
    context: dict[str, Any] = {
        "match": match,
        "need": card_of(need),
        "result": card_of(result),
        "form": form or DecisionForm(pair=pair, user=user),
        "shown": shown.sign(match, pair, user),
        "url": request.path,
        "number": lengths.asked(request.POST),
    }
    status = 200 if form is None or request.htmx else 422  # type: ignore[attr-defined]
    return render(request, "search/decisions/decide.html", context, status=status)


def _say(request: HttpRequest, decision: MatchDecision, other: Any) -> None:
    """Say what was stored, and what has happened to the `other` listing since it was read."""
    if decision.verdict == Verdict.ACCEPTED:
        text = _("Kept: you find it on your desk, below the matches that you keep.")
    else:
        text = _("Declined: it is not shown to you again for this listing.")
    messages.success(request, text)
    if not other.live:
        messages.warning(request, _("Meanwhile its owner has taken it off the site."))
    elif shown.has_changed(other, decision):
        messages.warning(request, _("It has been changed since you read it: look at it again."))

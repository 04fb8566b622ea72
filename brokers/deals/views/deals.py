"""The deals of a person, and what moves one of them: from stage to stage, another broker."""

import uuid
from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import disbursements, introductions, progress, sections
from brokers.deals.forms.steps import BrokerForm, MoveForm
from brokers.deals.models import Deal
from brokers.deals.reading.loading import with_parties
from brokers.deals.reading.own_deals import own_deals, stage_tabs
from brokers.deals.reading.treasury import collects, waiting_at_bank
from brokers.deals.sections import Section
from brokers.deals.stages import Stage
from brokers.deals.views.answers import REFUSALS, form_status, status, texts
from brokers.deals.views.lookup import own_deal
from brokers.deals.views.sections import section_page
from marketplace.accounts.permissions import is_administrator, is_finance
from marketplace.listings.views.lookup import signed_in

PER_PAGE = 20


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List the deals in which the reader takes part, the last changed first; all of them to staff."""
    user = signed_in(request)
    deals = Deal.objects.all() if is_finance(user) else Deal.objects.of(user)
    counts = Counter(dict(deals.order_by().values_list("stage").annotate(Count("pk"))))
    chosen = request.GET.get("stage")
    if chosen not in Stage.values:
        chosen = ""
    paginator = Paginator(with_parties(deals.filter(stage=chosen) if chosen else deals), PER_PAGE)
    paginator.count = counts[chosen] if chosen else counts.total()
    page = paginator.get_page(request.GET.get("page"))
    waiting = waiting_at_bank(user)
    context = {
        "page": page,
        "rows": own_deals(page, user),
        "tabs": stage_tabs(counts, chosen),
        "at_bank": waiting if waiting or collects(user) else None,
        "shows_complaints": is_administrator(user),
        "aside": Deal.objects.aside_of(user).select_related("result", "need"),
        "passes_on": disbursements.passed_through(user).exists(),
    }
    return render(request, "deals/mine.html", context)


@login_required
@require_POST
def move(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponse:
    """Move the deal; a move that the page no longer offers is refused with the reason."""
    found = own_deal(request, pk, "deal:move")
    form = MoveForm(request.POST)
    if not form.is_valid():
        problems = [str(text) for errors in form.errors.values() for text in errors]
        return section_page(
            request, found, Section.OVERVIEW, problems=problems, status=form_status(form)
        )
    try:
        moved = progress.advance(deal=found, move=name, actor=request.user, **form.cleaned_data)
    except REFUSALS as refusal:
        fresh = own_deal(request, pk)
        return section_page(
            request,
            fresh,
            Section.OVERVIEW,
            problems=texts(refusal),
            status=status(refusal),
            refused_move=name,
            typed_reason=form.cleaned_data["reason"],
        )
    messages.success(
        request,
        _("The deal is now in the stage “%(stage)s”.") % {"stage": moved.get_stage_display()},
    )
    return redirect(moved)


@login_required
@require_POST
def add_broker(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let another broker join."""
    found = own_deal(request, pk, "deal:add_broker")
    form = BrokerForm(request.POST)
    problems: list[str] = []
    if form.is_valid():
        broker = form.cleaned_data["email"]
        try:
            introductions.add_broker(deal=found, broker=broker, actor=request.user)
        except REFUSALS as refusal:
            problems = texts(refusal)
        else:
            messages.success(request, _("%(name)s has joined.") % {"name": broker.name})
            return redirect(sections.address(found.pk, "parties"))
    return section_page(
        request, found, Section.OVERVIEW, problems=problems, broker_form=form, status=422
    )

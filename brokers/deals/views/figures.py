"""The public figures, and for who keeps the platform's books what each of them counts."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals.figures import funnel, industries, period, turnover
from brokers.deals.models import Deal
from brokers.deals.views.lookup import require_books
from marketplace.flows import flow_map
from marketplace.money import CURRENCIES, Money

PER_PAGE = 50


class Payments(NamedTuple):
    """The months of one currency; bars are drawn against `most` of what is shown."""

    currency: str
    months: list[turnover.Month]
    most: int


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    counts = funnel.counts()
    sees_all = request.user.has_perm("books:keep")
    links = industries.links()
    sections = industries.sections()
    context = {
        "since": period.months()[0],
        "steps": [(name, label, counts[name]) for name, (label, _stage) in funnel.STEPS.items()],
        "opened": counts["introduced"],
        "turnover": list(_turnover(sees_all=sees_all)),
        "fewest": turnover.FEWEST,
        "sees_all": sees_all,
        "sections": sections,
        "most": max((max(one.results, one.needs) for one in sections), default=0),
        "links": links,
        **_map(links),
    }
    return render(request, "deals/figures/overview.html", context)


def _turnover(*, sees_all: bool) -> Iterator[Payments]:
    for currency, months in turnover.turnover().items():
        shown = [month.paid.amount for month in months if sees_all or month.is_public]
        yield Payments(currency, months, max(shown))


def _map(links: list[industries.Link]) -> dict[str, Any]:
    """Return the map of `links`, with the industries at both of its sides; nothing for no links."""
    if not links:
        return {}
    flows = flow_map({(link.offers.pk, link.asks.pk): link.count for link in links})
    names = {one.pk: one for link in links for one in (link.offers, link.asks)}
    return {
        "flows": flows,
        "sources": [(node, names[node.key]) for node in flows.sources],
        "targets": [(node, names[node.key]) for node in flows.targets],
    }


@login_required
@require_safe
@never_cache
def deals(request: HttpRequest, step: str) -> HttpResponse:
    """List the deals that have reached `step`."""
    require_books(request)
    if step not in funnel.STEPS:
        raise Http404
    found = funnel.reached(step).select_related("result", "need").order_by("-created_at", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "label": funnel.STEPS[step][0], "since": period.months()[0]}
    return render(request, "deals/figures/deals.html", context)


@login_required
@require_safe
@never_cache
def payments(request: HttpRequest, year: int, month: int, currency: str) -> HttpResponse:
    """List the payments of a month as the ledger has them."""
    require_books(request)
    first = _first_day(year, month)
    if currency not in CURRENCIES:
        raise Http404
    rows = turnover.payments(first, currency)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    books = Deal.objects.in_bulk([entry.account.book_id for entry in page])
    total = rows.order_by().aggregate(total=Sum("amount"))["total"] or 0
    context = {
        "first": first,
        "page": page,
        "rows": [(entry, -entry.money, books[entry.account.book_id]) for entry in page],
        "total": Money(-total, currency),
    }
    return render(request, "deals/figures/payments.html", context)


def _first_day(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as error:
        raise Http404 from error

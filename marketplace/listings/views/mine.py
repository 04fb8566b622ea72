"""The workbench: the listings of one's own organisations, where each stands and what to do next."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from marketplace.listings.kinds import KINDS
from marketplace.listings.views.lookup import signed_in
from marketplace.listings.workbench import entries

PER_PAGE = 20


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List the results or the needs of the reader's organisations, the last changed first."""
    user = signed_in(request)
    organisations = list(user.organisations.order_by("slug"))
    rows = {
        kind: model._default_manager.filter(organisation__in=organisations)
        for kind, model in KINDS.items()
    }
    counts = {kind: listings.count() for kind, listings in rows.items()}
    kind = _chosen(request.GET.get("kind", ""), counts)
    newest_first = (
        rows[kind]
        .select_related("organisation", "latest_revision")
        .order_by(F("latest_revision__created_at").desc(nulls_last=True), "-pk")
    )
    page = Paginator(newest_first, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisations": organisations,
        "kind": kind,
        "tabs": list(_tabs(kind, counts)),
        "page": page,
        "entries": entries(list(page)),
    }
    return render(request, "listings/mine.html", context)


def _chosen(asked: str, counts: dict[str, int]) -> str:
    if asked in counts:
        return asked
    return next((kind for kind, count in counts.items() if count), next(iter(counts)))


def _tabs(chosen: str, counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    for kind, count in counts.items():
        yield {
            "title": capfirst(KINDS[kind]._meta.verbose_name_plural),
            "url": f"?kind={kind}",
            "is_current": kind == chosen,
            "count": count,
        }

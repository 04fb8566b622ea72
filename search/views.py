"""The search page, what is suggested in its box, and what is like a listing."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.bilingual import shown_language
from marketplace.listings import organisations
from marketplace.listings.cards import card_of
from marketplace.listings.kinds import KINDS
from marketplace.listings.visibility import live_for
from search import matching, searching, suggesting
from search.forms import SearchForm
from search.questions import LONGEST_SEARCH
from search.searching import Answer, Entry
from search.tokens import is_han

CALLED_SO = 3
"""Organisations that a search may name."""
REMEMBERED = 30
"""Seconds for which a browser may keep suggestions."""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show what was found; a filter that does not exist is refused with 400, and says which."""
    form = SearchForm(request.GET)
    context: dict[str, Any] = {"form": form, "typed": request.GET.get("q", "").strip()}
    if not form.is_valid():
        return render(request, "search/results.html", context, status=400)
    answer = searching.search(
        context["typed"],
        filters=form.filters(),
        viewer=request.user,
        page=request.GET.get("page", "1"),
        sort=form.order(),
    )
    form.tallies = answer.counts
    context |= _shown(answer, form) | {"cut_at": _cut(context["typed"])}
    if answer.page.number == 1:
        context["organisations"] = organisations.called(context["typed"])[:CALLED_SO]
    return render(request, "search/results.html", context)


@require_safe
@cache_control(private=True, max_age=REMEMBERED)
def suggest(request: HttpRequest) -> HttpResponse:
    """Show what the beginning of a search may mean, as a piece of a page."""
    suggestions = suggesting.suggest(request.GET.get("q", ""))
    return render(request, "search/suggestions.html", {"suggestions": suggestions})


@require_safe
def similar(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show what is like a published listing; its own page takes the section over when a reader comes
    to it.
    """
    published = live_for(KINDS[kind]._default_manager.all(), request.user)
    listing = get_object_or_404(published, pk=pk)
    others = matching.similar(listing, viewer=request.user)
    context = {
        "listing": listing,
        "lang": shown_language(listing, "title"),
        "cards": [card_of(other) for other in others],
    }
    return render(request, "search/similar.html", context)


def _shown(answer: Answer, form: SearchForm) -> dict[str, Any]:
    meant = answer.did_you_mean
    return {
        "answer": answer,
        "page": answer.page,
        "cards": [_card(entry) for entry in answer.entries],
        "applied": list(form.applied()),
        "orders": list(form.orders()),
        "did_you_mean": {"text": meant, "url": form.address(q=meant)} if meant else None,
        "wider": list(_wider(answer, form)),
    }


def _wider(answer: Answer, form: SearchForm) -> Iterator[dict[str, Any]]:
    """Yield what dropping one filter, or all of them, would find where nothing has all of it."""
    if answer.unfiltered and not answer.is_partial:
        for applied in form.applied():
            if found := answer.counts[applied["name"]].total:
                label = _("Without “%(filter)s”") % {"filter": applied["label"]}
                yield {"label": label, "url": applied["remove_url"], "found": found}
    if answer.unfiltered:
        values = form.values
        url = form.address(**dict.fromkeys(values.keys() - {"q", "sort"}))
        yield {"label": _("Without any filter"), "url": url, "found": answer.unfiltered}


def _card(entry: Entry) -> dict[str, Any]:
    shown = card_of(entry.listing)
    language = "zh-Hans" if any(map(is_han, entry.snippet)) else "en"
    return {**shown, "title": entry.title, "summary": entry.snippet, "summary_lang": language}


def _cut(typed: str) -> int | None:
    """Return after how many characters the search was cut, None where it was read whole."""
    return LONGEST_SEARCH if len(typed) > LONGEST_SEARCH else None

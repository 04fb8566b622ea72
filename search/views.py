"""The search page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.listings.cards import card
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.tiers import Tier
from search import searching
from search.forms import SearchForm
from search.questions import LONGEST_SEARCH
from search.searching import Answer, Entry


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show what was found; a filter that does not exist is refused with 400, and says which."""
    form = SearchForm(request.GET)
    context: dict[str, Any] = {"form": form, "typed": request.GET.get("q", "").strip()}
    if not form.is_valid():
        context["panel"] = SearchForm(initial={**form.cleaned_data, "q": context["typed"]})
        return render(request, "search/results.html", context, status=400)
    answer = searching.search(
        context["typed"],
        filters=form.filters(),
        viewer=request.user,
        page=request.GET.get("page", "1"),
    )
    form.show_counts(answer.counts)
    context |= _shown(answer, form) | {"panel": form, "cut_at": _cut(context["typed"])}
    return render(request, "search/results.html", context)


def _shown(answer: Answer, form: SearchForm) -> dict[str, Any]:
    return {
        "answer": answer,
        "page": answer.page,
        "cards": [_card(entry) for entry in answer.entries],
        "applied": list(form.applied()),
    }


def _card(entry: Entry) -> dict[str, Any]:
    shown = card(Disclosure(entry.listing, Tier(entry.listing.access)))
    return {**shown, "title": entry.title, "summary": entry.snippet}


def _cut(typed: str) -> int | None:
    """Return after how many characters the search was cut, None where it was read whole."""
    return LONGEST_SEARCH if len(typed) > LONGEST_SEARCH else None

"""Save a search, watch a listing, see to one's watches, and read what they have found."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.listings.cards import card_of
from marketplace.listings.views.lookup import own_listing, signed_in
from search.alerts import entries, searches, watches
from search.alerts.entries import Entry
from search.alerts.forms import FrequencyForm, SearchWatchForm
from search.models import Alert, Watch

PER_PAGE = 20


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what the reader watches."""
    own = signed_in(request).watches.select_related("user", "need", "result")
    rows = [
        {"watch": watch, "form": _form(watch), "words": searches.words_of(watch.query)}
        for watch in own
    ]
    return render(request, "search/alerts/mine.html", {"rows": rows})


@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search of the query string; the address comes back as it was after signing in."""
    user, data = signed_in(request), _search_in(request)
    posted = request.POST if request.method == "POST" else None
    suggested = {"name": searches.words_of(data.urlencode())[:80]}
    form = SearchWatchForm(posted, initial=suggested)
    if posted is not None and form.is_valid():
        try:
            watch = watches.save_search(data=data, user=user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved as “%(name)s”.") % {"name": watch.name})
            return redirect("search:watches")
    context = {"form": form, "words": searches.words_of(data.urlencode()), "back": data.urlencode()}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "search/alerts/save.html", context, status=status)


def _search_in(request: HttpRequest) -> QueryDict:
    """Return the words and filters in the address; what is no part of a search is left out."""
    data = request.GET.copy()
    data.pop("page", None)
    return data


@login_required
@require_POST
def watch_listing(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Watch for what matches a listing of the reader's organisation."""
    listing = own_listing(request, kind, pk, "listing:watch")
    form = FrequencyForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Choose how often you want to be told."))
        watches.watch_listing(listing=listing, user=signed_in(request), **form.cleaned_data)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("You are told of new matches as you chose."))
    return redirect(listing)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a watch, or tell of it more or less often."""
    watch = _own(request, pk)
    form = _form(watch, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        context = {"watch": watch, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "search/alerts/change.html", context, status=status)
    watches.change(watch=_own(request, pk), **form.cleaned_data)
    messages.success(request, _("Changed."))
    return redirect("search:watches")


@login_required
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    watches.forget(_own(request, pk))
    messages.success(request, _("Deleted: nothing more is sent for it."))
    return redirect("search:watches")


@login_required
@require_safe
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the reader was told of, as far as it may be seen now."""
    own = Alert.objects.select_related("watch__user", "watch__need", "watch__result")
    told = get_object_or_404(own, pk=pk, user=signed_in(request))
    keys = list(told.findings.values_list("key", flat=True))
    watch = told.watch
    if watch is not None and entries.is_theirs(watch):
        found = entries.of(watch, keys)
    else:
        found = entries.without_reasons(keys, request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "alert": told,
        "page": page,
        "rows": [{"entry": entry, "card": _card(entry)} for entry in page],
        "gone": len(keys) - len(found),
    }
    return render(request, "search/alerts/alert.html", context)


def _own(request: HttpRequest, pk: int) -> Watch:
    own = signed_in(request).watches.select_related("need", "result")
    return get_object_or_404(own, pk=pk)


def _form(watch: Watch, posted: Any = None) -> FrequencyForm:
    """Return the form of `watch`; listings keep their names."""
    form = FrequencyForm if watch.listing else SearchWatchForm
    return form(posted, instance=watch, auto_id=f"id_{watch.pk}_%s")


def _card(entry: Entry) -> dict[str, Any]:
    return card_of(entry.listing)

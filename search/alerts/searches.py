"""A search as it can be kept: its words and filters as one canonical query string."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from search.backends.base import Filters
from search.forms import SearchForm
from search.models import Watch

LONGEST = Watch._meta.get_field("query").max_length or 0


def canonical(data: QueryDict) -> str:
    """Return the search in `data` as a query string: the same for the same words and filters, "" for a
    search for everything.

    Raises `ValidationError` for a filter that does not exist and for what is too long to keep.
    """
    form = SearchForm(data)
    if not form.is_valid():
        raise ValidationError(_("This search has a filter that does not exist."))
    values = {**form.values, "q": " ".join(form.values.get("q", "").split())}
    query = urlencode(sorted((n, v) for n, v in values.items() if v and n != "sort"), doseq=True)
    if len(query) > LONGEST:
        raise ValidationError(_("This search is too long to be saved. Shorten its words."))
    return query


def words_of(query: str) -> str:
    """Return how a saved search names itself: its words and filters in the reader's language."""
    data = QueryDict(query)
    form = SearchForm(data)
    if not form.is_valid():
        return data.get("q", "")
    filters = (applied["label"] for applied in form.applied())
    return " · ".join(filter(None, (data.get("q", ""), *filters)))


def packed_filters(query: str) -> dict[str, Any]:
    """Return the filters in `query`, a canonical one, as plain JSON for `filters_of`."""
    form = SearchForm(QueryDict(query))
    form.full_clean()
    return asdict(form.filters())


def filters_of(packed: Mapping[str, Any]) -> Filters:
    """Return the filters that `packed_filters` packed."""
    rest = {**packed}
    facets = {name: tuple(values) for name, values in rest.pop("facets", {}).items()}
    return Filters(facets, **rest)

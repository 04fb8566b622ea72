"""What a mapping is: it turns the named texts of one row into the fields of one listing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from marketplace.listings.models import Listing, ResearchResult, TechnologyNeed

MODELS: dict[str, type[Listing]] = {"results": ResearchResult, "needs": TechnologyNeed}
"""The kinds of listings that a file may hold, by the word for them on the command line."""

Unmapped = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row as a listing.

    `values` are model fields (foreign keys as `industry_id`, `region_id`), `related` the rows of
    child relations and the codes of `ipc`; a field that is named in neither keeps its value on an
    update. `unmapped` are the words, by column, that say nothing in our vocabulary. An entry that
    is not `publishable` stays a draft.
    """

    external_id: str
    values: dict[str, Any]
    related: dict[str, list[Any]] = field(default_factory=dict)
    unmapped: tuple[Unmapped, ...] = ()
    publishable: bool = True


class RowMapping(Protocol):
    """How files of one origin are read, for listings of one kind."""

    name: str
    columns: Mapping[str, str]
    """Every column that is known, with the model field that it mainly fills."""
    required: frozenset[str]

    def tidy(self, text: str) -> str:
        """Return the text of a cell as it is meant."""
        ...

    def read(self, cells: Mapping[str, str]) -> Entry:
        """Return the listing of one row. Raises `BadRowError`."""
        ...

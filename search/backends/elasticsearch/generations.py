"""Indices that follow each other, and an alias that names the one in use.

A rebuild fills a new index and then turns the alias, which the server does in one step, so a search
sees the old index or the new one, and a crash at any moment leaves a whole one behind. The index
before the current one stays until the next rebuild, for searches that are still at it.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError
from elasticsearch_dsl import Index

from search.backends.elasticsearch.connection import CHANGE_TIMEOUT
from search.backends.elasticsearch.document import SETTINGS, mapping

LONGEST_BUILD = 24 * 3600
"""Seconds after which an index in the making counts as abandoned."""
_BUILDING = "building"


class Generations:
    """The indices called `alias`.«time of creation in ns», at most one of which has the alias."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._asking = client
        self._client = client.options(request_timeout=CHANGE_TIMEOUT)
        self.alias = alias

    def current(self) -> str | None:
        """Return the index in use, None before the first one is."""
        try:
            return next(iter(self._asking.indices.get_alias(name=self.alias)), None)
        except NotFoundError:
            return None

    @contextlib.contextmanager
    def next(self) -> Iterator[str]:
        """Give the name under which an empty index is filled; it comes into use when the block ends
        well and is removed when not.
        """
        index = f"{self.alias}.{time.time_ns():020d}"
        building = f"{index}.{_BUILDING}"
        self._create(index, building)
        try:
            yield building
            self._client.indices.put_settings(index=index, settings={"refresh_interval": None})
            self._client.indices.refresh(index=index)
        except BaseException:
            with contextlib.suppress(Exception):  # the next rebuild removes it
                self._client.indices.delete(index=index)
            raise
        previous = self.current()
        self._turn(index, building)
        self._remove_old(keep={index, previous})

    def drop(self) -> None:
        """Remove every index."""
        for index in self._all():
            self._client.indices.delete(index=index)

    def _create(self, index: str, building: str) -> None:
        new = Index(index, using=self._client)
        new.mapping(mapping())
        new.settings(**SETTINGS, refresh_interval="-1")
        new.aliases(**{building: {}})
        new.create()

    def _turn(self, index: str, building: str) -> None:
        """Let the alias name `index` and nothing else, in one step."""
        others = {"index": f"{self.alias}.*", "alias": self.alias, "must_exist": False}
        self._client.indices.update_aliases(
            actions=[
                {"remove": others},
                {"add": {"index": index, "alias": self.alias}},
                {"remove": {"index": index, "alias": building}},
            ]
        )

    def _remove_old(self, *, keep: set[str | None]) -> None:
        """Remove the other indices, but not those in the making whose builder may be alive."""
        for index, aliases in self._all().items():
            if any(name.endswith(_BUILDING) for name in aliases):
                created = int(index.removeprefix(f"{self.alias}."))
                is_old = time.time_ns() - created > LONGEST_BUILD * 10**9
            else:
                is_old = index not in keep and self.alias not in aliases
            if is_old:
                self._client.indices.delete(index=index, ignore_unavailable=True)

    def _all(self) -> dict[str, Any]:
        """Return every index with its aliases."""
        found = self._client.indices.get_alias(index=f"{self.alias}.*")
        return {index: about["aliases"] for index, about in found.items()}

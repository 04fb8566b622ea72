"""How a document lies in the index: terms as Python made them, values to narrow by, and no source.

The database has the listing itself, so the index keeps nothing that it does not search or count.
"""

from typing import Any

from elasticsearch_dsl import Byte, Keyword, Mapping, Text

from search.documents import Document
from search.facets import FACETS, SORTS
from search.query import K1, B

SETTINGS = {
    "number_of_shards": 1,  # statistics, and so scores, are those of one shard
    "auto_expand_replicas": "0-1",
    "gc_deletes": "5m",  # a write that was overtaken must not revive a document
    "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
}


def mapping() -> Mapping:
    """Return the fields of the index; a field that is not among them is refused."""
    fields = Mapping()
    fields.meta("dynamic", "strict")
    fields.meta("_source", enabled=False)
    fields.field("terms", Text(analyzer="whitespace", index_options="freqs"))
    fields.field("key", Keyword(index=False))
    fields.field("fingerprint", Keyword(index=False))
    fields.field("trl_level", Byte())
    for name in FACETS:
        fields.field(name, Keyword())
    for name in SORTS:
        fields.field(f"by_{name}", Keyword(index=False))
    return fields


def stored(document: Document) -> dict[str, Any]:
    """Return `document` as the fields of `mapping`."""
    fields: dict[str, Any] = {
        "terms": " ".join(document.terms),
        "key": document.key,
        "fingerprint": document.fingerprint,
        **{f"by_{name}": place for name, place in document.places.items()},
        **{name: list(values) for name, values in document.facets.items() if values},
    }
    if document.trl is not None:
        fields["trl_level"] = document.trl
    return fields

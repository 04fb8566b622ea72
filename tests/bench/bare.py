"""The engines without anything of ours around them: bulk calls with ready-made documents."""

import tempfile
from collections.abc import Callable, Sequence

import tantivy
from django.conf import settings
from elasticsearch import Elasticsearch, helpers
from elasticsearch_dsl import Index

from search.backends.elasticsearch.document import SETTINGS, mapping, stored
from search.backends.tantivy import HEAP, SCHEMA
from search.backends.tantivy import _stored as stored_in_tantivy
from search.documents import Document

Bulk = Callable[[], None]
CHUNK = 500


def elasticsearch(documents: Sequence[Document]) -> Bulk:
    """Return what writes `documents` to an index of its own and drops it again."""
    client = Elasticsearch(settings.ELASTICSEARCH_URL, request_timeout=120)
    index = Index("bare", using=client)
    index.mapping(mapping())
    index.settings(**SETTINGS, refresh_interval="-1")
    ready = [{"_index": "bare", "_id": d.key, "_source": stored(d)} for d in documents]

    def bulk() -> None:
        index.delete(ignore_unavailable=True)
        index.create()
        helpers.bulk(client, ready, chunk_size=CHUNK)
        index.refresh()
        index.delete()

    return bulk


def embedded(documents: Sequence[Document]) -> Bulk:
    """Return what writes `documents` to an index in a folder of its own."""
    ready = [stored_in_tantivy(document) for document in documents]

    def bulk() -> None:
        with tempfile.TemporaryDirectory() as folder:
            writer = tantivy.Index(SCHEMA, folder).writer(heap_size=HEAP, num_threads=1)
            for document in ready:
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()

    return bulk


BULKS: dict[str, Callable[[Sequence[Document]], Bulk]] = {
    "tantivy": embedded,
    "elasticsearch": elasticsearch,
}

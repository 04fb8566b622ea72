"""The only signal receivers of the project: a listing that came, changed or went is handed to the
index, its question is made, and its vector is fetched.

Wagtail sends both signals inside the transaction that publishes or withdraws, so the outbox row
commits with it or not at all.
"""

from typing import Any

from django.db.models.signals import post_delete
from wagtail.signals import published, unpublished

from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing
from search import asking, indexing
from search.documents import key_of
from search.embeddings import vectors


def connect() -> None:
    """Listen to both kinds of listing."""
    for model in KINDS.values():
        published.connect(_show, sender=model, dispatch_uid=f"search:{model.kind}")
        for signal in (unpublished, post_delete):
            signal.connect(_hand_over, sender=model, dispatch_uid=f"search:{model.kind}")


def _show(instance: Listing, **_details: Any) -> None:
    keys = [key_of(instance)]
    indexing.enqueue(keys, is_published=True)
    asking.enqueue(keys)
    vectors.enqueue(keys)


def _hand_over(instance: Listing, **_details: Any) -> None:
    keys = [key_of(instance)]
    indexing.enqueue(keys)
    asking.enqueue(keys)
    vectors.enqueue(keys)

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
            signal.connect(_take_away, sender=model, dispatch_uid=f"search:{model.kind}")


def _show(instance: Listing, **_details: Any) -> None:
    _hand_over(instance, is_published=True)


def _take_away(instance: Listing, **_details: Any) -> None:
    _hand_over(instance, is_published=False)


def _hand_over(listing: Listing, *, is_published: bool) -> None:
    keys = [key_of(listing)]
    indexing.enqueue(keys, is_published=is_published)
    asking.enqueue(keys)
    vectors.enqueue(keys)

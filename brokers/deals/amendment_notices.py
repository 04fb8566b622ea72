"""Tell everybody whom an amendment concerns what became of it.

Invariant: a notice names the deal and links to a page that checks anew who may read; nothing of the
text is in it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from brokers.deals import sections
from brokers.deals.models import Agreement, Party
from brokers.deals.room.people import followers, signers_of
from marketplace.accounts.models import User
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic


def proposed(agreement: Agreement, *, but: User) -> None:
    """Tell everybody, and who may sign for a party that leaves or joins."""
    url = f"/deals/{agreement.deal_id}/documents/{agreement.document_id}/"
    _tell(agreement, "amendment_proposed", url, but)


def ended(agreement: Agreement, template: str, *, but: User | None) -> None:
    """Tell the same people that it took force, was withdrawn or declined, as `template` says."""
    _tell(agreement, template, sections.path(agreement.deal_id, "documents"), but)


def _tell(agreement: Agreement, template: str, url: str, but: User | None) -> None:
    context = {"deal": agreement.deal, "version": agreement.version}
    people = {person.pk: person for person in _people(agreement) if person != but}
    notify(
        people.values(),
        topic=Topic.BINDING,
        template=template,
        url=url,
        about=("document:read", agreement.document),
        context=context,
    )


def _people(agreement: Agreement) -> Iterable[Any]:
    concerned = Q(joins_with=agreement) | Q(leaves_with=agreement)
    parties = Party.every.filter(concerned | Q(pk__in=agreement.deal.parties.values("pk")))
    yield from followers(agreement.deal)
    yield from signers_of(*parties)

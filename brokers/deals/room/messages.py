"""The thread of a deal: plain text, written once, for the people of the deal alone.

What is written never leaves the room: others of the deal are told that there is something to read, and
told again only after they have looked.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from brokers.deals import sections
from brokers.deals.models import Deal, Message, Party
from brokers.deals.permissions import parties_of
from brokers.deals.room.people import followers
from marketplace.accounts.permissions import require
from marketplace.notifications.models import Notification
from marketplace.notifications.notify import mark_read, notify
from marketplace.notifications.topics import Topic


@transaction.atomic
def write(*, deal: Deal, author: Any, text: str) -> Message:
    """Add `text` to the thread of `deal`. Raises `PermissionDenied` for who does not take part."""
    require(author, "deal:read_messages", deal)
    party = min(parties_of(author, deal), key=lambda party: party.role == Party.Role.BROKER)
    message = Message.objects.create(deal=deal, party=party, author=author, text=text.strip())
    Deal.objects.filter(pk=deal.pk).update(changed_at=timezone.now())
    _tell(message)
    return message


def read(*, deal: Deal, reader: Any) -> None:
    """Note that `reader` has the thread on screen: what told of it is read."""
    mark_read(notices(deal).filter(recipient=reader))


def _tell(message: Message) -> None:
    deal = message.deal
    waiting = notices(deal).filter(read_at=None).values("recipient")
    notify(
        followers(deal).exclude(pk=message.author_id).exclude(pk__in=waiting),
        topic=Topic.DEALS,
        template="deal_message",
        url=_path(deal),
        about=("deal:read_messages", deal),
        context={"deal": deal, "party": message.party},
    )


def notices(deal: Deal) -> QuerySet[Notification]:
    """Return what told people that there is something to read in the thread of `deal`."""
    return Notification.objects.filter(url__endswith=_path(deal))


def _path(deal: Deal) -> str:
    return sections.path(deal.pk, "messages")

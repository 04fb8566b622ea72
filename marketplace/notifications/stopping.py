"""The address that ends mail about some topics, for whoever holds it: no sign-in, one POST (RFC 8058).

It is signed, serves for nothing else, and never expires: a mail of last year must still stop its kind.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from marketplace.notifications import preferences
from marketplace.notifications.frequency import Frequency
from marketplace.notifications.topics import Topic, may_stop

_signer = Signer(salt="notifications.stop")


def address(user: Any, topics: Iterable[Topic]) -> str:
    """Return the path that ends mail about those of `topics` that can be ended, "" for none of them."""
    names = [topic.value for topic in topics if may_stop(topic)]
    if not names:
        return ""
    token = _signer.sign(f"{user.pk}-{'-'.join(names)}")
    return reverse("notifications:stop", args=[token])


def parse(token: str) -> tuple[Any, list[Topic]]:
    """Return the person, None where there is none any more, and the topics. Raises `BadSignature`."""
    pk, *names = _signer.unsign(token).split("-")
    return get_user_model().objects.filter(pk=pk).first(), [Topic(name) for name in names]


def stop(user: Any, topics: Iterable[Topic]) -> None:
    """End mail about `topics`; the inbox goes on."""
    preferences.choose(user=user, mail=dict.fromkeys(topics, Frequency.OFF))


__all__ = ["BadSignature", "address", "parse", "stop"]

"""How often each person wants mail about each topic."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from marketplace.notifications.frequency import Frequency
from marketplace.notifications.models import MailPreference, Notification
from marketplace.notifications.topics import FREQUENCIES, Topic


def frequencies(users: Collection[int], topic: Topic) -> dict[int, str]:
    """Return how often those of `users` who have chosen want mail about `topic`; others: at once."""
    chosen = MailPreference.objects.filter(user__in=users, topic=topic)
    return dict(chosen.values_list("user", "frequency"))


def of(user: Any) -> dict[str, str]:
    """Return how often `user` wants mail about each topic."""
    chosen = MailPreference.objects.filter(user=user).values_list("topic", "frequency")
    return {**dict.fromkeys(Topic.values, Frequency.AT_ONCE.value), **dict(chosen)}


@transaction.atomic
def choose(*, user: Any, mail: Mapping[Topic, str]) -> None:
    """Send `user` mail about these topics so often from now on.

    What waits for a digest of a topic that is no longer mailed stays in the inbox alone. Raises
    `ValueError` for a frequency that the topic does not have.
    """
    for topic, frequency in mail.items():
        if frequency not in FREQUENCIES[topic]:
            raise ValueError(f"mail about {topic} cannot be {frequency}")
        MailPreference.objects.update_or_create(
            user=user, topic=topic, defaults={"frequency": frequency}
        )
    off = [topic for topic, frequency in mail.items() if frequency == Frequency.OFF]
    Notification.objects.filter(recipient=user, topic__in=off).update(mail_waits=False)

"""What messages are about, and how often each kind may reach a person by mail.

Invariant: every message stands in the inbox, and mail about what binds a person can be gathered but
not switched off. What concerns the account itself is mailed at once, always; each watch says itself how
often it tells, see `search.alerts`.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.notifications.frequency import Frequency


class Topic(models.TextChoices):
    LISTINGS = "listings", _("My listings")
    MATCHES = "matches", _("Matches and searches")
    DEALS = "deals", _("Deals and messages")
    BINDING = "binding", _("Signing, money and disputes")
    REVIEW = "review", _("Reviewing")
    ACCOUNT = "account", _("Account and security")


FREQUENCIES: dict[Topic, tuple[Frequency, ...]] = {
    Topic.LISTINGS: tuple(Frequency),
    Topic.DEALS: tuple(Frequency),
    Topic.BINDING: (Frequency.AT_ONCE, Frequency.DAILY, Frequency.WEEKLY),
    Topic.REVIEW: tuple(Frequency),
}
"""The topics about which a person chooses, and from what; the first is what holds without a choice."""

DESCRIPTIONS = {
    Topic.LISTINGS: _("Approved, returned with remarks, to be confirmed, expired."),
    Topic.DEALS: _("Introductions, messages, tasks, brokers' work."),
    Topic.BINDING: _(
        "What waits for your signature, payments, payouts, claims and complaints."
        " It cannot be switched off: days may run from it."
    ),
    Topic.REVIEW: _("Versions that wait for a moderator."),
}


def chosen_by(user: Any) -> list[Topic]:
    """Return the topics about which `user` has a choice: who reviews nothing is not asked about it."""
    return [t for t in FREQUENCIES if t != Topic.REVIEW or user.has_perm("site:moderate")]


def may_stop(topic: Topic) -> bool:
    """Whether mail about `topic` can be switched off."""
    return Frequency.OFF in FREQUENCIES.get(topic, ())

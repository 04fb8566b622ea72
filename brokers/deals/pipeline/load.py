"""How much brokers have in hand: open deals, and the needs that they look after."""

from collections import Counter

from django.db.models import Count

from brokers.deals.models import Party
from brokers.deals.stages import OPEN
from brokers.profiles import assignments
from brokers.profiles.models import BrokerProfile


def loads() -> Counter[int]:
    """Return for each broker how many open deals and accepted needs they have, by primary key."""
    brokers = BrokerProfile.objects.values("user")
    deals = Party.objects.filter(role=Party.Role.BROKER, user__in=brokers, deal__stage__in=OPEN)
    found: Counter[int] = Counter()
    for user, count in deals.order_by().values_list("user").annotate(Count("pk")):
        found[user] += count
    needs = assignments.accepted(brokers).order_by()
    for user, count in needs.values_list("broker").annotate(Count("pk")):
        found[user] += count
    return found

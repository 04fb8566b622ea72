"""The deals of a person: where each stands, who is at the other side, what waits for this person.

Invariant: the number of queries does not depend on the number of deals on the page.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokers.deals import versions
from brokers.deals.models import Deal, DealTask
from brokers.deals.reading import loading, tasks
from brokers.deals.reading.readers import Reader
from brokers.deals.reading.tasks import Task
from brokers.deals.stages import Stage
from marketplace.accounts.permissions import roles_of
from marketplace.money import Money


@dataclass(frozen=True)
class OwnDeal:
    """One row of the list; `value` is None before an agreement names a price.

    `tasks` are what the stage asks of the reader, `own_tasks` what somebody has set the reader to do.
    """

    deal: Deal
    other_side: str
    value: Money | None
    tasks: list[Task]
    own_tasks: list[DealTask]


def own_deals(deals: Iterable[Deal], user: Any) -> list[OwnDeal]:
    """Return `deals`, read `loading.with_parties`, as `user` sees them."""
    roles, deals = roles_of(user), list(deals)
    loading.add_milestones(*deals)
    loading.add_work(*deals)
    own_tasks = defaultdict(list)
    for task in DealTask.objects.filter(responsible=user, done_at=None, deal__in=deals):
        own_tasks[task.deal_id].append(task)
    return [_own_deal(deal, Reader(user, deal, roles), own_tasks[deal.pk]) for deal in deals]


def stage_tabs(counts: Counter[str], chosen: str) -> list[dict[str, Any]]:
    """Return the tabs of the list: all deals, then each stage that one of them is in."""
    tabs = [(_("All"), "?", "", counts.total())]
    tabs += [
        (str(stage.label), f"?stage={stage}", stage.value, counts[stage])
        for stage in Stage
        if counts[stage]
    ]
    return [
        {"title": capfirst(title), "url": url, "count": count, "is_current": stage == chosen}
        for title, url, stage, count in tabs
    ]


def _own_deal(deal: Deal, reader: Reader, own_tasks: list[DealTask]) -> OwnDeal:
    agreement = versions.current(deal)
    return OwnDeal(
        deal=deal,
        other_side=reader.other_side,
        value=versions.price(versions.milestones_of(deal), agreement.currency)
        if agreement
        else None,
        tasks=[task for task in tasks.of(deal) if task.is_for(reader)],
        own_tasks=own_tasks if reader.parties else [],
    )

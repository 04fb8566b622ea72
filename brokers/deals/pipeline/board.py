"""The pipeline of a broker: open deals by stage, with the commission that can be expected of them.

The number of queries does not depend on the number of deals, drafts of agreements aside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from brokers.deals.models import Deal
from brokers.deals.pipeline import probability
from brokers.deals.pipeline.forecast import Forecast, Totals, earned_by, forecast, totals
from brokers.deals.pipeline.record import deals_of
from brokers.deals.reading import loading
from brokers.deals.reading.readers import Reader
from brokers.deals.room import alerts
from brokers.deals.stages import OPEN, PATH, Stage
from marketplace.accounts.models import User
from marketplace.accounts.permissions import roles_of

COLUMNS = (*(stage for stage in PATH if stage in OPEN), Stage.DISPUTED)


@dataclass(frozen=True)
class Card:
    """A deal on the board; `forecast` is None as long as nothing says what it will bring."""

    deal: Deal
    other_side: str
    forecast: Forecast | None
    standstill: int


@dataclass(frozen=True)
class Column:
    """A stage, its probability in percent, its deals and what they come to in each currency."""

    title: str
    percent: int
    cards: list[Card]
    totals: list[Totals]


@dataclass(frozen=True)
class Board:
    columns: list[Column]
    totals: list[Totals]
    effective_from: date


def board(broker: User, *, viewer: Any) -> Board:
    """Return the board of `broker` with the names that `viewer` may know."""
    rules = probability.in_force(on=timezone.localdate())
    deals = loading.with_prices(deals_of(broker).filter(stage__in=OPEN).order_by("-changed_at"))
    roles, earned = roles_of(viewer), earned_by(broker)
    cards = [
        Card(
            deal,
            Reader(viewer, deal, roles).other_side,
            forecast(deal, broker, percent=rules.of(deal.stage), earned=earned),
            alerts.standstill(deal),
        )
        for deal in deals
    ]
    columns = [_column(stage, rules.of(stage), cards) for stage in COLUMNS]
    return Board(columns, totals(_forecasts(cards)), rules.effective_from)


def _column(stage: Stage, percent: int, cards: Iterable[Card]) -> Column:
    own = [card for card in cards if card.deal.stage == stage]
    return Column(capfirst(str(stage.label)), percent, own, totals(_forecasts(own)))


def _forecasts(cards: Iterable[Card]) -> list[Forecast]:
    return [card.forecast for card in cards if card.forecast]

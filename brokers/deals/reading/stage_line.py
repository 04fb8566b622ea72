"""The stages of a deal as a line: what is done since when, where it stands, what is to come."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst

from brokers.deals.models import Deal, DealEvent
from brokers.deals.stages import PATH, Stage

SIDE_STAGES = frozenset(Stage) - set(PATH)


def stage_line(deal: Deal, events: Iterable[DealEvent]) -> list[dict[str, Any]]:
    """Return the items of `components/stages.html` for `deal`, whose history is `events`, oldest first.

    A deal that was declined, terminated or is disputed stands beside the path: the line ends there,
    or goes on after a dispute.
    """
    reached: dict[str, Any] = {Stage.INTRODUCED.value: deal.created_at}
    last = Stage.INTRODUCED
    for event in events:
        if event.to_stage:
            reached[event.to_stage] = event.at
        if event.to_stage in PATH:
            last = Stage(event.to_stage)
    place = PATH.index(last)
    line = [_item(stage, "done", reached.get(stage)) for stage in PATH[:place]]
    if deal.stage not in SIDE_STAGES:
        state = "done" if deal.stage == Stage.COMPLETED else "current"
        return [*line, _item(last, state, reached.get(last)), *_to_come(place)]
    line.append(_item(last, "done", reached.get(last)))
    line.append(_item(Stage(deal.stage), "stopped", reached.get(deal.stage)))
    return line + _to_come(place) if deal.stage == Stage.DISPUTED else line


def _item(stage: Stage, state: str, date: Any = None) -> dict[str, Any]:
    return {"label": capfirst(stage.label), "state": state, "date": date}


def _to_come(place: int) -> list[dict[str, Any]]:
    return [_item(stage, "to_come") for stage in PATH[place + 1 :]]

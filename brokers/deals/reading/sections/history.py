"""What happened in a deal, and the complaints about it."""

from typing import Any

from django.core.paginator import Paginator

from brokers.deals.reading import complaints, loading
from brokers.deals.reading.history import history as in_words
from brokers.deals.reading.history import told_events
from brokers.deals.reading.readers import Reader
from brokers.deals.stages import Stage

PER_PAGE = 50


def history(reader: Reader, number: str | None) -> dict[str, Any]:
    """Return what this section shows beside its header, of the events the page `number`."""
    deal = reader.deal
    loading.add_milestones(deal)
    page = Paginator(told_events(deal), PER_PAGE).get_page(number)
    return {
        "page": page,
        "events": in_words(deal, page, reader),
        "complaints": complaints.of_deal(deal, reader),
        "may_complain": bool(reader.approved) and deal.stage != Stage.INTRODUCED,
    }

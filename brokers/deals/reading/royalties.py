"""The royalties of an agreement: what was reported, and which period is next."""

from dataclasses import dataclass

from brokers.deals.models import Agreement, Royalty, RoyaltyReport
from brokers.deals.reading.readers import Reader
from brokers.deals.reporting_periods import Period, next_period
from brokers.deals.stages import IN_FORCE


@dataclass(frozen=True)
class RoyaltyLine:
    """`next` is the period to be reported next; `may_report` says whether the reader can, now."""

    royalty: Royalty
    reports: list[RoyaltyReport]
    next: Period | None
    may_report: bool


def royalty_lines(agreement: Agreement, reader: Reader) -> list[RoyaltyLine]:
    """Return the royalties of `agreement`, from what was read with the deal."""
    in_force = agreement.state == Agreement.State.SIGNED and reader.deal.stage in IN_FORCE
    reports = in_force and reader.acts_for("enterprise")
    return [_line(royalty, reports=reports) for royalty in agreement.royalties.all()]


def _line(royalty: Royalty, *, reports: bool) -> RoyaltyLine:
    following = next_period(royalty)
    may_report = reports and following is not None and following.is_over
    return RoyaltyLine(royalty, list(royalty.reports.all()), following, may_report)

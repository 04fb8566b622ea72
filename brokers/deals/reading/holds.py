"""Which complaints hold which money, in words for everybody who reads of that money.

Invariant: they say since when and about which milestone; who complains and why is for the two sides.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from brokers.deals.models import Complaint, Milestone
from brokers.payments.models import Transfer
from brokers.settlement.models import Payout
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.plan import Payee
from marketplace import dates
from marketplace.amounts import with_currency


@dataclass(frozen=True)
class Holds:
    """The complaints that hold money of a deal, and its milestones by the payments they were paid by."""

    complaints: list[Complaint]
    titles: Mapping[Any, str]

    @classmethod
    def of(cls, complaints: Iterable[Complaint], milestones: Iterable[Milestone]) -> "Holds":
        titles = {one.payment_reference: one.title for one in milestones if one.payment_reference}
        return cls([one for one in complaints if one.holds_money], titles)

    @classmethod
    def of_deal(cls, deal_reference: Any) -> "Holds":
        """Read them for the deal with this reference."""
        return cls.of_deals([deal_reference])[deal_reference]

    @classmethod
    def of_deals(cls, deal_references: Collection[Any]) -> "Mapping[Any, Holds]":
        """Read them for each of these deals, in as many queries as for one."""
        found: dict[Any, tuple[list[Complaint], list[Milestone]]]
        found = {reference: ([], []) for reference in deal_references}
        complaints = Complaint.objects.filter(deal__in=found).select_related("milestone")
        for complaint in complaints:
            found[complaint.deal_id][0].append(complaint)
        milestones = Milestone.objects.filter(agreement__deal__in=found)
        for milestone in milestones.select_related("agreement"):
            found[milestone.agreement.deal_id][1].append(milestone)
        return {reference: cls.of(*rows) for reference, rows in found.items()}

    def title(self, payment: Any) -> str:
        """Return the milestone that `payment` paid."""
        return self.titles.get(payment, _("a milestone"))

    def why(self, payment: Any) -> str:
        """Return what `payment` waits for, empty where nothing holds it."""
        return " ".join(_words(one) for one in self.complaints if _covers(one, payment))


@dataclass(frozen=True)
class Held:
    """What is held of a payee's money: by what, and which of its payouts do not leave."""

    holds: Holds
    payouts: list[Payout]

    @classmethod
    def of(cls, deal_reference: Any, payee: Payee) -> "Held":
        ordered = Transfer.objects.filter(held=True).values("reference")
        payouts = Payout.objects.filter(book=deal_reference, state=Payout.State.RESERVED)
        waiting = payouts.filter(pk__in=ordered, **payee_columns(payee))
        return cls(Holds.of_deal(deal_reference), list(waiting))

    def in_currency(self, currency: str) -> "Held":
        return Held(self.holds, [one for one in self.payouts if one.currency == currency])

    def not_left(self) -> str:
        """Say what of the money that is on its way waits, and for what; nothing where none does."""
        text = _("%(amount)s of it, for “%(milestone)s”, has not left.")
        notes = []
        for payout in self.payouts:
            title = self.holds.title(payout.receipt_id)
            notes.append(text % {"amount": with_currency(payout.money), "milestone": title})
            notes.append(self.holds.why(payout.receipt_id))
        return " ".join(notes)


def _covers(complaint: Complaint, payment: Any) -> bool:
    milestone = complaint.milestone
    return payment is not None and (milestone is None or milestone.payment_reference == payment)


def _words(complaint: Complaint) -> str:
    day = dates.day(complaint.opened_at)
    if complaint.milestone is None:
        text = _("It waits until the complaint of %(day)s about the whole deal is decided.")
        return text % {"day": day}
    text = _("It waits until the complaint of %(day)s about “%(milestone)s” is decided.")
    return text % {"day": day, "milestone": complaint.milestone.title}

"""What a complaint holds.

The rule: a complaint that names a milestone holds the money of that milestone and no other; one about
money that names none holds all of the deal, which is then *disputed*; one about conduct holds nothing.
What is held is neither settled nor paid out nor set off. What has left already is not held.
"""

from django.utils.translation import gettext as _

from brokers.deals import progress
from brokers.deals.models import Complaint
from brokers.deals.progress import SYSTEM
from brokers.deals.stages import Stage
from brokers.payments import transfers
from brokers.settlement.models import Payout
from brokers.settlement.owing import is_held
from brokers.settlement.services import holds
from marketplace.outbox.effects import enqueue


def hold(complaint: Complaint) -> None:
    """Let what `complaint`, which was just opened in the locked deal, is about wait for its decision."""
    if not complaint.holds_money:
        return
    deal, milestone = complaint.deal, complaint.milestone
    holds.place(
        hold_reference=complaint.pk,
        deal_reference=deal.pk,
        payment_reference=milestone.payment_reference if milestone else None,
    )
    transfers.hold([payout.pk for payout in _under_way(complaint)])
    if milestone is not None:
        _record(complaint, "money_held")
    elif deal.stage == Stage.PERFORMING:
        progress.advance(deal=deal, move="dispute", actor=SYSTEM)


def let_go(complaint: Complaint, *, call_off: bool, ends: bool) -> None:
    """Let go what the ended `complaint` held and no other one holds; the agreement goes on or `ends`.

    With `call_off`, as after a refund, what waited is called off: what is still owed is paid anew.
    """
    if complaint.kind == Complaint.Kind.CONDUCT:
        return
    deal, waiting = complaint.deal, _under_way(complaint)
    if call_off:
        references = [payout.pk for payout in waiting]
        transfers.call_off(references, _("Called off: a complaint was decided."))
    holds.release(hold_reference=complaint.pk)
    transfers.let_go([payout.pk for payout in waiting if not is_held(payout.receipt)])
    if complaint.milestone is not None:
        _record(complaint, "money_let_go")
    if ends and deal.stage in (Stage.PERFORMING, Stage.DISPUTED):
        progress.advance(deal=deal, move="end_dispute", actor=SYSTEM)
    elif complaint.milestone is None and deal.stage == Stage.DISPUTED:
        progress.advance(deal=deal, move="resume", actor=SYSTEM)
    enqueue("deals.complaint_ended", {"deal": str(deal.pk)})


def _under_way(complaint: Complaint) -> list[Payout]:
    """Return the payouts of what `complaint` is about that are not known to have arrived."""
    payouts = Payout.objects.filter(book=complaint.deal_id, state=Payout.State.RESERVED)
    if complaint.milestone is not None:
        payouts = payouts.filter(receipt=complaint.milestone.payment_reference)
    return list(payouts.select_related("receipt"))


def _record(complaint: Complaint, kind: str) -> None:
    milestone = str(complaint.milestone_id)
    progress.record(deal=complaint.deal, kind=kind, actor=SYSTEM, milestone=milestone)

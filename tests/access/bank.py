"""What keepers of books have at the bank: entries, lists, a statement, something that was given up."""

import uuid
from typing import Any

from django.utils import timezone

from brokers.deals import refunds
from brokers.deals.models import Milestone
from brokers.payments import bank_entries, orders, payout_lists
from brokers.payments.bank_entries import Line
from brokers.payments.gateway import Outcome, State
from brokers.payments.models import Charge, PayoutAccount, Transfer
from brokers.payments.statements import clearing, importing, sheet
from marketplace.money import Money
from marketplace.outbox import effects
from marketplace.outbox.models import Effect, PeriodicRun
from tests.access.market import Places
from tests.deals.factories import World, pdf
from tests.payments import statement_files


def at_the_bank(world: World, *, places: Places) -> Places:
    """Return what addresses of the treasury ask for, after `dealing.performing`, which gave `places`;
    who did it all is the institution's director.
    """
    by_hand = Transfer.objects.filter(state=Transfer.State.BY_HAND).order_by("requested_at")
    waiting = list(by_hand)
    by = {"recorded_by": world.dean}
    entry = bank_entries.record_payout(order=waiting[0], line=_line(waiting[0], "P-1"), **by)
    charge = Charge.objects.get(pk=places["received"]["charge"])
    receipt = bank_entries.record_receipt(charge=charge, line=_line(charge, "P-2"), **by)
    paid, sent_back, *_others = Transfer.objects.filter(state=Transfer.State.PAID)
    refused, returned = (
        bank_entries.record_return(order=order, line=_line(order, name), note="Closed.", **by)
        for name, order in {"R-1": waiting[4], "R-2": sent_back}.items()
    )
    bank_entries.confirm(entry=returned, confirmed_by=world.bursar)
    expected = Charge.objects.get(pk=places["expected"]["charge"])
    for wrong in (
        bank_entries.record_receipt(charge=expected, line=_line(expected, "W-1"), **by),
        bank_entries.record_payout(order=waiting[3], line=_line(waiting[3], "W-2"), **by),
        bank_entries.record_return(order=paid, line=_line(paid, "W-3"), note="Closed.", **by),
    ):
        bank_entries.reject(entry=wrong, reason="Another day.", rejected_by=world.bursar)
    drawn_up, released = (
        payout_lists.draw_up(
            collector=world.institution, currency="CNY", orders=[order], by=world.dean
        )
        for order in waiting[1:3]
    )
    payout_lists.release(payout_list=released, by=world.bursar)
    paid_back, failed = (
        refunds.request(
            milestone=Milestone.objects.get(pk=places["paid milestone"]["milestone"]),
            amount=Money(100, "CNY"),
            reason="Too much was paid.",
            by=world.dean,
            reference=uuid.uuid4(),
        )
        for _number in range(2)
    )
    orders.apply(failed, Outcome(state=State.FAILED, row=str(failed.pk), failure="Closed."))
    account = PayoutAccount.objects.get(organisation=world.institution)
    now = timezone.localdate()
    return {
        "entry": {"kind": "payouts", "entry": entry.pk},
        "receipt": {"kind": "receipts", "entry": receipt.pk},
        "return": {"kind": "returns", "entry": refused.pk},
        "list": {"pk": drawn_up.pk, "encoding": "utf-8"},
        "released list": {"pk": released.pk, "encoding": "utf-8"},
        "order": {"kind": "transfer", "order": waiting[3].pk},
        "refund order": {"kind": "refund", "order": paid_back.pk},
        "paid order": {"kind": "transfer", "order": paid.pk},
        "account": {"account": account.pk, "gateway": "bank"},
        "cash book": {"kind": "organisation", "number": world.institution.pk, "currency": "CNY"},
        "failure": {"pk": _given_up(paid).pk},
        "figure": {"step": "signed", "year": now.year, "month": now.month, "currency": "CNY"},
        **_statement(world, account),
    }


def _line(subject: Any, reference: str) -> Line:
    return Line(
        amount=subject.money,
        bank_reference=reference,
        booked_on=timezone.localdate(),
        evidence=pdf(),
    )


def _statement(world: World, account: PayoutAccount) -> Places:
    rows = [statement_files.row(f"S-{n}", credit="12.34", name="Bank") for n in (1, 2)]
    upload = statement_files.uploaded(statement_files.csv(*rows))
    layout = importing.layout_for(account, sheet.read(upload.content))
    statement = importing.take_in(
        account=account, upload=upload, layout=layout, currency="CNY", by=world.dean
    )
    unknown, explained = statement.lines.order_by("pk")
    clearing.explain(line=explained, reason="interest", note="", by=world.dean)
    values = {"pk": explained.pk, "cleared": explained.clearings.get().pk}
    return {
        "statement": {"pk": statement.pk},
        "line": {"pk": unknown.pk},
        "explained line": values,
    }


def _given_up(transfer: Any) -> Effect:
    effect = effects.enqueue("payments.transfer", {"transfer": str(transfer.pk)})
    Effect.objects.filter(pk=effect.pk).update(state="failed", last_error="no answer")
    PeriodicRun.objects.create(
        name="search.effects.mend_indices", last_run_at=timezone.now(), last_error="no answer"
    )
    return effect

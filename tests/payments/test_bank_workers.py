"""Several people at the bank at once: a line, a file, a payment and a list are dealt with once."""

import uuid
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from brokers.payments import bank_entries, payout_accounts, payout_lists, transfers
from brokers.payments.models import (
    BankEntry,
    BankPayout,
    BankReceipt,
    BankStatement,
    Clearing,
    Order,
    PayoutItem,
    PayoutList,
    StatementLine,
)
from brokers.payments.statements import clearing, importing, sheet
from marketplace.money import Money
from tests.payments.conftest import settle
from tests.payments.statement_files import csv, row, uploaded
from tests.together import WORKERS, needs_postgresql, refusals, together

pytestmark = [pytest.mark.usefixtures("at_once", "media"), needs_postgresql]

DUE = Money(10_000_00, "CNY")
SHARE = Money(1_000_00, "CNY")


@pytest.fixture
def clerks(make_user):
    return [make_user(finance=True) for _number in range(WORKERS)]


@pytest.fixture
def make_bank_charge(make_charge, collector):
    return partial(make_charge, DUE, gateway="bank", collector=collector)


@pytest.fixture
def waiting(collector, make_organisation, make_user):
    """Transfers that wait to be made at the bank."""
    payee = make_organisation("brokerage")
    own = payout_accounts.open_account(
        owner=payee,
        gateway="bank",
        opened_by=make_user(owner=payee),
        holder="A sample brokerage",
        bank="A sample bank",
        number="6222020000009999",
    )
    made = [
        transfers.request(reference=uuid.uuid4(), account=own, amount=SHARE, collector=collector)
        for _number in range(WORKERS)
    ]
    settle()
    for transfer in made:
        transfer.refresh_from_db()
    return made


def taking_in(account, text, clerk):
    """Return the call that imports `text` for `clerk`, as the page does it."""
    upload = uploaded(text)
    layout = importing.guess(sheet.read(upload.content).headings)
    return partial(
        importing.take_in, account=account, upload=upload, layout=layout, currency="CNY", by=clerk
    )


def test_eight_imports_of_one_statement_are_one(account, clerks, make_bank_charge) -> None:
    charge = make_bank_charge()
    text = csv(row("I-1", credit="10000.00", purpose=charge.code), row("I-2", credit="5.00"))
    done = together(*[taking_in(account, text, clerk) for clerk in clerks])
    assert [refusal.code for refusal in refusals(done)] == ["imported"] * (WORKERS - 1)
    assert (BankStatement.objects.count(), StatementLine.objects.count()) == (1, 2)
    assert (BankReceipt.objects.count(), Clearing.objects.count()) == (1, 1)


def test_eight_statements_that_overlap_bring_each_line_once(
    account, clerks, make_bank_charge
) -> None:
    charge = make_bank_charge()
    shared = row("S-0", credit="10000.00", purpose=charge.code)
    texts = [csv(shared, row(f"S-{number}", credit="5.00")) for number in range(1, WORKERS + 1)]
    done = together(*map(partial(taking_in, account), texts, clerks))
    assert refusals(done) == []
    assert StatementLine.objects.count() == WORKERS + 1
    assert BankReceipt.objects.get().charge == charge
    assert Clearing.objects.count() == 1


def test_one_line_is_matched_once_whatever_people_say_it_is(
    account, clerks, make_bank_charge
) -> None:
    one, other = make_bank_charge(), make_bank_charge()
    taking_in(account, csv(row("L-1", credit="10000.00", purpose="no reference")), clerks[0])()
    line = StatementLine.objects.get()
    said = [
        partial(clearing.enter, line=line, subject=(one, other)[number % 2], by=clerk)
        if number < WORKERS - 2
        else partial(clearing.explain, line=line, reason="other", note="x", by=clerk)
        for number, clerk in enumerate(clerks)
    ]
    assert len(refusals(together(*said))) == WORKERS - 1
    assert Clearing.objects.get().amount == line.amount
    assert BankReceipt.objects.count() == Clearing.objects.exclude(receipt=None).count()


def test_one_payment_is_entered_from_one_of_eight_lines(account, clerks, make_bank_charge) -> None:
    charge = make_bank_charge()
    rows = [row(f"P-{number}", credit="10000.00") for number in range(WORKERS)]
    taking_in(account, csv(*rows), clerks[0])()
    lines = StatementLine.objects.order_by("pk")
    said = [
        partial(clearing.enter, line=x, subject=charge, by=y)
        for x, y in zip(lines, clerks, strict=True)
    ]
    assert len(refusals(together(*said))) == WORKERS - 1
    assert BankReceipt.objects.get().charge == charge
    assert Clearing.objects.count() == 1


def test_an_entry_is_confirmed_or_rejected(make_bank_charge, clerks, line, announced) -> None:
    charge = make_bank_charge()
    entry = bank_entries.record_receipt(charge=charge, line=line(DUE), recorded_by=clerks[0])
    confirm = partial(bank_entries.confirm, entry=entry)
    reject = partial(bank_entries.reject, entry=entry, reason="no")
    decided = together(
        *[partial(confirm, confirmed_by=clerk) for clerk in clerks[1:4]],
        *[partial(reject, rejected_by=clerk) for clerk in clerks[4:]],
    )
    assert len(refusals(decided)) == len(decided) - 1
    entry.refresh_from_db()
    paid = ["charge_paid"] if entry.state == BankEntry.State.CONFIRMED else []
    assert announced.of(charge) == paid


def test_payments_are_on_one_list_in_whatever_order_people_choose_them(
    collector, clerks, waiting
) -> None:
    drawn = together(
        *[
            partial(
                payout_lists.draw_up,
                collector=collector,
                currency="CNY",
                orders=waiting[:: 1 if number % 2 else -1],
                by=clerk,
            )
            for number, clerk in enumerate(clerks)
        ]
    )
    assert [refusal.code for refusal in refusals(drawn)] == ["once"] * (WORKERS - 1)
    assert PayoutList.objects.count() == 1
    assert PayoutItem.objects.count() == len(waiting)


def draw_up(collector, clerk, orders) -> PayoutList:
    return payout_lists.draw_up(collector=collector, currency="CNY", orders=orders, by=clerk)


def test_a_list_is_released_once_or_withdrawn(collector, clerks, waiting) -> None:
    for offer in (clerks[1:], clerks[1:4]):
        made = draw_up(collector, clerks[0], waiting)
        release = [partial(payout_lists.release, payout_list=made, by=one) for one in offer]
        withdraw = partial(payout_lists.withdraw, payout_list=made, by=clerks[0])
        calls = [*release, *[withdraw] * (WORKERS - len(release))]
        assert len(refusals(together(*calls))) == WORKERS - 1
        made.refresh_from_db()
        stands = set(made.items.values_list("stands", flat=True))
        assert stands == {made.state == PayoutList.State.RELEASED}
        if made.state == PayoutList.State.RELEASED:
            break


def test_a_list_goes_to_the_bank_before_or_after_what_people_saw_there(
    collector, clerks, waiting, line
) -> None:
    """Released first, an entry says what became of it; entered first, it is not paid a second time."""
    for number, transfer in enumerate(waiting):
        made = draw_up(collector, clerks[0], [transfer])
        release = partial(payout_lists.release, payout_list=made, by=clerks[1])
        record = partial(bank_entries.record_payout, order=transfer)
        if number % 2:
            record = partial(bank_entries.record_return, order=transfer, note="x")
        entry = partial(record, line=line(SHARE), recorded_by=clerks[2])
        released, entered = together(release, entry)
        assert not isinstance(entered, Exception)
        made.refresh_from_db()
        if made.state == PayoutList.State.DRAWN_UP:
            assert released.code == "recorded"
            with pytest.raises(ValidationError):
                release()


def test_a_return_and_a_payout_of_the_same_transfer(clerks, waiting, line, announced) -> None:
    """Whoever is first; the other hears that an entry waits for its confirmation."""
    for transfer in waiting:
        payout = partial(bank_entries.record_payout, order=transfer, recorded_by=clerks[0])
        back = partial(bank_entries.record_return, order=transfer, note="x", recorded_by=clerks[1])
        answers = together(*[partial(one, line=line(SHARE)) for one in (payout, back) * 4])
        (entry,) = [one for one in answers if not isinstance(one, Exception)]
        together(
            *[partial(bank_entries.confirm, entry=entry, confirmed_by=one) for one in clerks[2:]]
        )
        told = "transfer_paid" if isinstance(entry, BankPayout) else "transfer_failed"
        assert announced.of(transfer) == [told]
        transfer.refresh_from_db()
        assert transfer.state in (Order.State.PAID, Order.State.FAILED)

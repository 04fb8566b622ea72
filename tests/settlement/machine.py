"""The invariants of money as a state machine over the real database: any events, in any order.

A till beside the ledger counts what really moved; after every step the books must prove sound and
equal the till, every party's statement must add up, and replaying old events must change nothing.
"""

import uuid
from collections import Counter

from django.db import transaction
from django.db.models import Q, Sum
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from brokers.settlement import ledger, owing, statements
from brokers.settlement.commission import Scale, Tier
from brokers.settlement.errors import SettlementError
from brokers.settlement.models import (
    Allocation,
    Entry,
    Hold,
    LedgerTransaction,
    Payout,
    Receipt,
    Refund,
    Settlement,
    SplitPlan,
)
from brokers.settlement.models.payees import payee_columns
from brokers.settlement.plan import PLATFORM, ContractType, Payee, PayeeKind, Role, digest
from brokers.settlement.proofs import cash_differences, differences
from brokers.settlement.services import disputes, holds, offsets, payouts, refunds
from brokers.settlement.services.refunds import refundable
from tests.settlement.books import make_deal, money
from tests.settlement.plans import brokers_first, flat, with_platform_share

SCALE = Scale((Tier(0, 50_000, 1_000), Tier(50_000, None, 300)), minimum=2_000, cap=9_000)
TEMPLATES = (
    {"template": flat(platform_fee=200)},
    {"template": with_platform_share(flat(6_000, 2_500, 1_000), 500), "loss_bearer": PLATFORM},
    {"template": brokers_first(SCALE, contract_type=ContractType.SERVICE, platform_fee=50)},
)
FEE = "platform_fee"
TAKEN_BACK = (
    *("payable", "tax_payable", "platform", "advance", "in_flight", "refund_due", "dispute_hold"),
    "held",
)
EXPECTED = {"refunded", "on_hold", "held", "payout_state", "above_owed", "refund_state"}
amounts = st.integers(1, 200_000)


class Money(RuleBasedStateMachine):
    """Two deals with the same payees and collector, so that claims are set off between them."""

    received = Bundle("received")
    on_the_way = Bundle("on_the_way")
    disputed = Bundle("disputed")
    ordered = Bundle("ordered")
    complained = Bundle("complained")
    payees = None

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.till, self.events, self.deals = 0, [], []
        self.texts, self.floors, self.paid_under = {}, {}, {}
        self.recovered, self.held, self.concerned = Counter(), {}, set()

    def teardown(self):
        try:
            if self.deals:
                self.read_statements()
                self.refund_everything()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def happen(self, event, *payments):
        """Do `event` and remember it for a replay, unless the books refuse it.

        `payments` are those whose held money it may change.
        """
        self.concerned |= {*payments}
        if self.is_taken(event):
            self.events.append(event)

    def is_taken(self, event):
        """Do `event`; return whether the books took it, and did not refuse it for a reason expected."""
        try:
            with transaction.atomic():
                event()
        except SettlementError as refusal:
            if refusal.code not in EXPECTED:
                raise
            return False
        return True

    @initialize(first=st.sampled_from(TEMPLATES), second=st.sampled_from(TEMPLATES))
    def sign(self, first, second):
        self.deals = [make_deal(**template, reuse=self.payees) for template in (first, second)]
        for deal in self.deals:
            self.note(deal)
            deal.settle(self.pay(deal, 100_000, 3_000), 6_000, (10_000,))

    def note(self, deal):
        """Remember what the plan says that `deal` has now."""
        self.texts[deal.plan.pk] = deal.plan.text
        self.floors[deal.plan.pk] = deal.plan.plan.floor

    def pay(self, deal, gross, fee):
        payment = deal.receive(gross, fee)
        self.paid_under[payment] = deal.plan.pk
        self.till += gross - fee
        return payment

    @rule(which=st.integers(0, 1), template=st.sampled_from(TEMPLATES))
    def amend(self, which, template):
        """Another plan splits what is received from now on; what was received keeps its own."""
        self.deals[which].amend(**template)
        self.note(self.deals[which])

    @rule(target=received, which=st.integers(0, 1))
    def look_at_the_first_payment(self, which):
        return self.deals[which], self.deals[which].payments[0]

    @rule(target=received, which=st.integers(0, 1), gross=amounts, fee=amounts)
    def receive(self, which, gross, fee):
        deal = self.deals[which]
        return deal, self.pay(deal, gross, min(fee % 1_000, gross))

    @rule(payment=received, tax=amounts, costs=st.lists(amounts, max_size=2))
    def settle(self, payment, tax, costs):
        deal, reference = payment
        if not Settlement.objects.filter(receipt=reference).exists():
            self.happen(lambda: deal.settle(reference, tax % 5_000, tuple(costs)))

    @rule(target=complained, payment=received, is_whole=st.booleans())
    def complain(self, payment, is_whole):
        """Hold a payment, or the whole deal."""
        deal, reference = payment
        about, hold = None if is_whole else reference, uuid.uuid4()
        self.happen(lambda: deal.hold(about, hold), *([about] if about else deal.payments))
        return deal, about, hold

    @rule(complaint=consumes(complained))
    def let_go(self, complaint):
        deal, about, hold = complaint
        release = lambda: holds.release(hold_reference=hold)  # noqa: E731
        self.happen(release, *([about] if about else deal.payments))

    @rule(target=ordered, payment=received, part=st.integers(1, 100))
    def order_refund(self, payment, part):
        deal, reference = payment
        left, refund = refundable(Receipt.objects.get(pk=reference)).amount, uuid.uuid4()
        if amount := -(-left * part // 100):
            self.happen(lambda: deal.order_refund(reference, amount, refund), reference)
        return refund

    @rule(payment=received, part=st.integers(1, 100))
    def refund(self, payment, part):
        self.make_refund(self.order_refund(payment, part))

    @rule(refund=ordered)
    def make_refund(self, refund):
        row = Refund.objects.filter(pk=refund).first()
        if row and not self.is_made(refund) and not Refund.objects.filter(undoes=refund).exists():
            self.till -= row.amount
        if row:
            self.happen(lambda: refunds.make(refund_reference=refund))

    @rule(refund=ordered)
    def undo_refund(self, refund):
        row = Refund.objects.filter(pk=refund).first()
        if row and self.is_made(refund) and not Refund.objects.filter(undoes=refund).exists():
            self.till += row.amount
        if row:
            self.happen(lambda: refunds.undo(refund_reference=refund), row.receipt_id)

    def is_made(self, refund):
        return LedgerTransaction.objects.filter(source=f"refund:{refund}:made").exists()

    @rule(which=st.integers(0, 1), who=st.integers(0, 4), part=st.integers(1, 100))
    def reverse_a_transfer(self, which, who, part):
        """Take back part of what a payee was paid in a deal, be it claimed by now or not."""
        deal, reference = self.deals[which], uuid.uuid4()
        payee = [deal.institution, deal.brokerage, *deal.inventors][who]
        paid = Payout.objects.filter(book=deal.reference, state="settled", **payee_columns(payee))
        left = sum(paid.values_list("amount", flat=True)) - self.recovered[which, payee]
        if not (amount := -(-left * part // 100)):
            return
        recovery = {
            "recovery_reference": reference,
            "payment_reference": paid.last().receipt_id,
            "payee": payee,
            "amount": money(amount),
        }
        self.happen(lambda: offsets.recover(**recovery), recovery["payment_reference"])
        self.recovered[which, payee] += amount
        self.till += amount

    @rule(
        target=on_the_way, which=st.integers(0, 1), who=st.integers(0, 5), part=amounts | st.none()
    )
    def reserve(self, which, who, part):
        """Reserve what is owed of the oldest payment of which something is owed."""
        deal, reference = self.deals[which], uuid.uuid4()
        payee = [deal.institution, deal.brokerage, *deal.inventors, PLATFORM][who]
        payment = deal.owing(payee)
        self.happen(lambda: deal.reserve(payee, part, reference, payment))
        return reference

    @rule(target=on_the_way, payment=received, who=st.integers(0, 5), part=amounts | st.none())
    def reserve_of(self, payment, who, part):
        """Reserve what is owed of any payment, be it held or not settled."""
        (deal, payment), reference = payment, uuid.uuid4()
        payee = [deal.institution, deal.brokerage, *deal.inventors, PLATFORM][who]
        self.happen(lambda: deal.reserve(payee, part, reference, payment))
        return reference

    @rule(which=st.integers(0, 1), who=st.integers(0, 5))
    def pay_out(self, which, who):
        self.close(self.reserve(which, who, None), arrives=True)

    @rule(payout=consumes(on_the_way), arrives=st.booleans())
    def close(self, payout, arrives):
        if row := Payout.objects.filter(pk=payout, state="reserved").first():
            step = payouts.settle if arrives else payouts.fail
            self.happen(lambda: step(payout_reference=payout), row.receipt_id)
            self.till -= row.amount if arrives else 0

    @rule(target=disputed, payment=received, part=st.integers(1, 100), fee=st.integers(0, 500))
    def dispute(self, payment, part, fee):
        _deal, reference = payment
        gross = Receipt.objects.get(pk=reference).gross_amount
        dispute, amount = uuid.uuid4(), -(-gross * part // 100)
        opening = {
            "dispute_reference": dispute,
            "payment_reference": reference,
            "amount": money(amount),
            "fee": money(fee),
        }
        self.happen(lambda: disputes.open_(**opening))
        self.till -= amount + fee
        return dispute, amount, fee

    @rule(dispute=consumes(disputed), won=st.booleans(), part=st.integers(0, 100))
    def decide(self, dispute, won, part):
        reference, amount, fee = dispute
        returned = fee * part // 100
        if won:
            ending = {"dispute_reference": reference, "fee_returned": money(returned)}
            payment = disputes.Dispute.objects.get(pk=reference).receipt_id
            self.happen(lambda: disputes.win(**ending), payment)
            self.till += amount + returned
        else:
            payment = disputes.Dispute.objects.get(pk=reference).receipt_id
            self.happen(lambda: disputes.lose(dispute_reference=reference), payment)

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def replay(self, data):
        count = Entry.objects.count()
        for event in data.draw(st.permutations(self.events[-8:])):
            self.is_taken(event)
        assert Entry.objects.count() == count

    @invariant()
    def the_books_are_proved(self):
        assert list(differences()) == []
        assert list(cash_differences({("platform", "CNY"): self.till})) == []

    @invariant()
    def what_is_held_stays(self):
        """Neither payouts nor set-offs nor refunds of other payments take what complaints hold."""
        held = {}
        for deal in self.deals:
            book = deal.book
            parts, waiting = owing.parts(book), owing.held_parts(book)
            held |= {(part.account, part.payment_reference): part.amount for part in waiting}
            about = set(book.holds.filter(released_at=None).values_list("receipt", flat=True))
            assert not parts or None not in about
            assert not about & {part.payment_reference for part in parts}
        for key in held.keys() | self.held.keys():
            if key[1] not in self.concerned:
                assert held.get(key) == self.held.get(key)
        self.held, self.concerned = held, set()

    def check_parts(self, deal):
        """The parts of each account that owes somebody sum to its balance."""
        owed = Counter()
        for part in (*owing.parts(deal.book), *owing.held_parts(deal.book)):
            owed[part.account] += part.amount
        balances = ledger.balances(deal.book).items()
        kinds = {"payable", "platform", "held"}
        assert owed == {name: -b for name, b in balances if b and name.kind in kinds}

    def read_statements(self):
        """Every party's figures add up, and their shares are the net income."""
        for deal in self.deals:
            self.check_parts(deal)
            payees = [deal.institution, deal.brokerage, *deal.inventors, PLATFORM]
            read = [own for p in payees for own in statements.of_party(deal.reference, p)]
            for payee, own in zip(payees, read, strict=False):
                loss = money(0) if payee == PLATFORM else own.loss
                moved = own.paid - own.returned + own.on_its_way + own.owed - own.to_return
                moved += money(sum(amount.amount for _payment, amount in own.held_back))
                assert own.share - loss == moved + own.kept + own.set_off
            if read:
                fees = [line.amount.amount for line in read[0].deductions if line.kind == FEE]
                assert sum(own.share.amount for own in read) == read[0].net.amount + sum(fees)

    @invariant()
    def the_team_keeps_its_floor(self):
        of_team = Sum("allocations__amount", filter=Q(allocations__role=Role.TEAM), default=0)
        for settlement in Settlement.objects.annotate(given=of_team).select_related("receipt"):
            if floor := self.floors[settlement.receipt.plan_id]:
                assert settlement.given * 10_000 >= settlement.net_amount * floor.basis_points

    @invariant()
    def plans_never_change(self):
        plans = SplitPlan.objects.filter(deal_reference__in=[d.reference for d in self.deals])
        assert {plan.pk: plan.text for plan in plans} == self.texts
        assert all(digest(plan.text) == plan.digest for plan in plans)

    @invariant()
    def a_payment_keeps_its_plan(self):
        receipts = Receipt.objects.filter(book__in=[d.reference for d in self.deals])
        assert dict(receipts.values_list("pk", "plan")) == self.paid_under

    @invariant()
    def nobody_has_more_than_its_share(self):
        """Over both deals, in which claims are set off: transferred less reversed ≤ allocated."""
        allocated = self.by_payee(Allocation.objects)
        moved = self.by_payee(Payout.objects.filter(state__in=["reserved", "settled"]))
        for (_which, payee), amount in self.recovered.items():
            moved[payee] -= amount
        assert all(amount <= allocated[payee] for payee, amount in moved.items())

    def by_payee(self, rows):
        """Return the amount of `rows` for each organisation and person."""
        totals = rows.order_by().values_list("organisation_id", "user_id").annotate(Sum("amount"))
        return Counter(
            {
                Payee(PayeeKind.ORGANISATION if org else PayeeKind.USER, org or user): total
                for org, user, total in totals
                if org or user
            }
        )

    def refund_everything(self):
        """Example E: what is left of a deal that is refunded wholly is what was spent, and claims."""
        for dispute in disputes.Dispute.objects.filter(state="open"):
            disputes.win(dispute_reference=dispute.pk)
        for payout in Payout.objects.filter(state="reserved"):
            payouts.fail(payout_reference=payout.pk)
        lost = disputes.Dispute.objects.values("pk")
        for refund in Refund.objects.filter(undoes=None, undone_by=None).exclude(pk__in=lost):
            refunds.make(refund_reference=refund.pk)
        for deal in self.deals:
            for payment in deal.payments:
                if left := refundable(Receipt.objects.get(pk=payment)).amount:
                    deal.refund(payment, left)
        for hold in Hold.objects.filter(released_at=None):
            holds.release(hold_reference=hold.pk)
        self.set_off_what_is_left()
        assert list(differences()) == []
        self.read_statements()
        for deal in self.deals:
            for account in deal.balances:
                assert not account.startswith(TAKEN_BACK), (account, deal.balances)

    def set_off_what_is_left(self):
        """A claim that was met out of the other deal, and whose payout then came back, is owed in one
        deal and to be given back in the other: the next payout has nothing to pay."""
        for deal in self.deals:
            for payee in [deal.institution, deal.brokerage, *deal.inventors, PLATFORM]:
                for payment in deal.payments:
                    assert deal.reserve(payee, payment=payment).state == Payout.State.NOTHING

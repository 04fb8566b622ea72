"""A process may die at any moment on the whole path of a deal: the books end as if none had."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from brokers.deals import agreements, costs, documents, performance, progress, versions
from brokers.deals.models import Deal, DealEvent, DirectCost, Document, Milestone, Party
from brokers.deals.stages import Stage
from brokers.payments import charges, payout_accounts
from brokers.payments.loopback import person
from brokers.payments.models import Charge, PayoutAccount
from marketplace.accounts.models import Organisation, User
from marketplace.notifications.models import Notification
from tests.database_copy import connect
from tests.deals.card import CardWorld, cny, ledger_check, postings
from tests.deals.crashing import Deaths, dying
from tests.deals.factories import pdf
from tests.payments.loopback_fixtures import _catcher, _loopback, hook, loopback

__all__ = ["_catcher", "_loopback", "connect", "hook", "loopback"]

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("copy of the database")]
Step = tuple[str, Callable[[], Any]]
COSTS = [("Patent", cny(120_000)), ("Appraisal", cny(30_000))]


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """Stand in for pytest-django's transaction around a test: here commits are real."""


@pytest.fixture
def deaths(connect: Any, monkeypatch: pytest.MonkeyPatch, loopback: Any) -> Iterator[Deaths]:
    with connect() as connection, dying(connection, monkeypatch) as found:
        yield found


class Path(CardWorld):
    """Everything that people do from the introduction to the last refund, click by click.

    Who does not know whether a click has arrived looks at the page and clicks again if it has not.
    """

    @property
    def deal(self) -> Deal:
        return Deal.objects.get(need=self.need)

    def milestone(self, position: int) -> Milestone:
        return versions.milestones_of(self.deal)[position - 1]

    def steps(self) -> Iterator[Step]:
        for owner in (self.institution, self.researcher, self.broker):
            yield from self.opening(owner)
        yield "introduce", self.introduced
        yield "open the NDA", lambda: self.move("open_nda", Stage.INTRODUCED, self.broker)
        yield (
            "draw up the NDA",
            lambda: documents.draw_up_nda(deal=self.deal, author=self.broker),
        )
        yield from self.signing(Document.Kind.NDA)
        yield "negotiate", lambda: self.move("negotiate", Stage.EVALUATING, self.buyer)
        yield "propose", self.propose
        yield from self.signing(Document.Kind.AGREEMENT)
        yield from self.paying(1)
        yield from self.finishing(1)
        yield "propose an amendment", self.propose_amendment
        yield from self.signing(Document.Kind.AGREEMENT)
        yield from self.paying(2)
        yield "complain about 1", lambda: self.put_complaint(1)
        yield self.refunding(1, 333_333)
        yield self.refunding(2, 100_000)
        yield from self.finishing(2)
        yield "complain about 2", lambda: self.put_complaint(2)
        yield "dismiss the complaint about 1", lambda: self.put_decision(1)
        yield "dismiss the complaint about 2", lambda: self.put_decision(2)
        yield self.refunding(1, 666_667)

    def opening(self, owner: Organisation | User) -> Iterator[Step]:
        column = "organisation" if isinstance(owner, Organisation) else "user"

        def account() -> PayoutAccount:
            return PayoutAccount.objects.get(**{column: owner})

        def begin() -> None:
            if not PayoutAccount.objects.filter(**{column: owner}).exists():
                payout_accounts.open_account(
                    owner=owner, gateway="stripe", opened_by=self.dean, country="HK"
                )

        def page() -> str:
            return payout_accounts.onboarding_url(
                account=account(), refresh_url="http://x/", return_url="http://x/"
            )

        yield f"open an account for {owner}", begin
        yield f"ask for the page of {owner}", page
        person.onboard(page())
        yield f"look at {owner}", lambda: payout_accounts.refresh(account_id=account().pk)

    def move(self, move: str, before: Stage, by: User) -> None:
        if self.deal.stage == before:
            progress.advance(deal=self.deal, move=move, actor=by)

    def signing(self, kind: Document.Kind) -> Iterator[Step]:
        for party in self.deal.parties.order_by("pk"):
            if kind == Document.Kind.AGREEMENT or party.organisation_id is not None:
                yield f"{party} signs the {kind}", lambda party=party: self.put_sign(kind, party)

    def put_sign(self, kind: Document.Kind, party: Party) -> None:
        document = self.deal.documents.filter(kind=kind).latest("version")
        if not document.signatures.filter(party=party).exists():
            self.sign(document, party.role)

    def propose(self) -> None:
        if self.deal.documents.filter(kind=Document.Kind.AGREEMENT).exists():
            return
        milestones = self.milestones(1_000_000, costs=COSTS) + [
            {**one, "title": "Second"} for one in self.milestones(500_000)
        ]
        agreements.propose_draft(
            deal=self.deal, terms=self.terms(), milestones=milestones, author=self.broker
        )

    def propose_amendment(self) -> None:
        """Draft and propose another plan, and less money, for what is not paid yet."""
        if self.deal.documents.filter(kind=Document.Kind.AGREEMENT).count() > 1:
            return
        agreements.propose_draft(
            deal=self.deal,
            terms=self.terms(shares={"institution": 2500, "team": 6500, "broker": 1000}),
            milestones=[{**one, "title": "Less"} for one in self.milestones(400_000)],
            author=self.broker,
            kept=[milestone.pk for milestone in versions.begun(self.deal)],
        )

    def paying(self, position: int) -> Iterator[Step]:
        def charge() -> Charge:
            return Charge.objects.get(reference=self.milestone(position).pk)

        def begin() -> None:
            performance.pay(
                milestone=self.milestone(position),
                gateway="stripe",
                payer=self.buyer,
                return_url="http://x/",
            )

        yield f"pay {position}", begin
        yield (
            f"go to the payment page {position}",
            lambda: charges.start_checkout(charge=charge()),
        )
        person.pay(charge().checkout_url)
        yield f"come back from page {position}", lambda: charges.refresh(charge_id=charge().pk)

    def finishing(self, position: int) -> Iterator[Step]:
        yield (
            f"deliver {position}",
            lambda: performance.deliver(milestone=self.milestone(position), by=self.researcher),
        )
        yield (
            f"accept {position}",
            lambda: performance.accept(milestone=self.milestone(position), by=self.buyer),
        )
        for cost in self.milestone(position).costs.all():
            yield f"prove {cost}", lambda pk=cost.pk: self.upload(DirectCost.objects.get(pk=pk))
            yield f"approve {cost}", lambda pk=cost.pk: self.approve(DirectCost.objects.get(pk=pk))
        yield f"invoice the commission of {position}", lambda: self.bill(self.deal)

    def put_complaint(self, position: int) -> None:
        milestone = self.milestone(position)
        if not milestone.complaints.exists():
            self.complain(milestone)

    def put_decision(self, position: int) -> None:
        complaint = self.milestone(position).complaints.get()
        if complaint.state == complaint.State.OPEN:
            self.decide(complaint, "dismissed")

    def upload(self, cost: DirectCost) -> None:
        if cost.evidence_id is None:
            costs.prove_by_upload(cost=cost, upload=pdf(), by=self.researcher)

    def approve(self, cost: DirectCost) -> None:
        if cost.approved_at is None:
            costs.approve(cost=cost, by=self.buyer)

    def refunding(self, position: int, amount: int) -> Step:
        reference = uuid.uuid4()
        return (
            f"refund {amount} of {position}",
            lambda: self.refund(self.milestone(position), amount, reference),
        )


def go(deaths: Deaths) -> Path:
    deaths.begin("")
    path = Path()
    for name, step in path.steps():
        deaths.survive(name, step)
        deaths.run_outbox()
    return path


def outcome(path: Path) -> tuple[Any, ...]:
    """What the books, the history, the papers and the inboxes say."""
    deal = path.deal
    people = [path.dean, path.bursar, path.researcher, path.buyer, path.engineer, path.broker]
    return (
        deal.stage,
        postings(deal),
        Counter(DealEvent.objects.filter(deal=deal).values_list("kind", flat=True)),
        deal.documents.count(),
        [Notification.objects.filter(recipient=someone).count() for someone in people],
        path.balances(deal),
        list(deal.agreements.order_by("version").values_list("version", "state")),
    )


def test_a_death_before_and_after_every_commit_and_call_changes_nothing(
    deaths: Deaths, loopback: Any
) -> None:
    undisturbed = go(deaths)
    assert outcome(undisturbed)[-1] == [(1, "amended"), (2, "signed")]
    made = {kind: len(loopback.list(kind)) for kind in ("transfers", "refunds")}
    deaths.on = True
    disturbed = go(deaths)
    assert outcome(disturbed) == outcome(undisturbed)
    assert {kind: len(loopback.list(kind)) for kind in made} == {k: 2 * n for k, n in made.items()}
    assert ledger_check() == ""
    died = Counter(name for _work, _number, name in deaths.points)
    assert died.keys() == {
        *("before a commit", "after a commit", "before a write", "after a write"),
        *("before post", "after post", "before get", "after get"),
    }
    assert sum(died.values()) > 400

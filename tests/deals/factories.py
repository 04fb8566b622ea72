"""A deal and the people around it, brought to any stage through the services."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from brokers.deals import (
    agreements,
    commissions,
    complaints,
    costs,
    documents,
    due_diligence,
    introductions,
    invoices,
    notices,
    performance,
    progress,
)
from brokers.deals import files as deal_files
from brokers.deals.models import (
    Agreement,
    Complaint,
    Deal,
    DealFile,
    DirectCost,
    Document,
    Milestone,
    Party,
    PublicNotice,
)
from brokers.payments import bank_entries, payout_accounts
from brokers.payments.bank_entries import Line
from brokers.payments.models import Charge, Refund, Transfer
from brokers.profiles.models import BrokerProfile
from brokers.settlement.models import Policy
from brokers.settlement.plan import Payee, PayeeKind
from brokers.settlement.services import policies
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.files import uploads
from marketplace.money import Money
from marketplace.outbox import effects
from tests.factories import (
    add_member,
    make_administrator,
    make_need,
    make_organisation,
    make_result,
    make_user,
    owner_of,
)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FLAT = {"institution": 2000, "team": 7000, "broker": 1000}


def pdf(name: str = "evidence.pdf") -> uploads.Upload:
    return uploads.check(ContentFile(PDF, name=name))


def make_broker(**fields: Any) -> User:
    """Make a verified broker."""
    user = make_user()
    BrokerProfile.objects.create(
        user=user, bio_en="A sample.", verified_at=timezone.now(), **fields
    )
    return user


@dataclass
class World:
    """A university, a company and a broker, with one result and one need."""

    state_established: bool = False
    need_fields: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.institution = make_organisation(
            "Sample university", state_established=self.state_established
        )
        self.enterprise = make_organisation("Sample company", kind=Organisation.Kind.ENTERPRISE)
        self.researcher = add_member(self.institution)
        self.dean = owner_of(self.institution)
        self.bursar = add_member(self.institution, role=Membership.Role.APPROVER)
        self.buyer = owner_of(self.enterprise)
        self.engineer = add_member(self.enterprise)
        self.broker = make_broker()
        self.result = make_result(self.institution, author=self.researcher, live=True)
        self.need = make_need(self.enterprise, author=self.engineer, live=True, **self.need_fields)

    def introduced(self) -> Deal:
        return introductions.introduce(result=self.result, need=self.need, by=self.broker)

    def sign(self, document: Document, *roles: str) -> None:
        """Sign for the parties of `roles`, or for all of them."""
        signers = {"institution": self.dean, "enterprise": self.buyer, "team": self.researcher}
        for party in document.deal.parties.all():
            if roles and party.role not in roles:
                continue
            if document.kind == Document.Kind.NDA and party.organisation_id is None:
                continue
            documents.sign(
                document=document,
                party=party,
                signer=signers.get(party.role) or party.user,
                sha256=document.sha256,
                address="127.0.0.1",
                user_agent="test",
            )

    def negotiating(self) -> Deal:
        deal = self.introduced()
        deal = progress.advance(deal=deal, move="open_nda", actor=self.broker)
        self.sign(documents.draw_up_nda(deal=deal, author=self.broker))
        return progress.advance(deal=deal, move="negotiate", actor=self.buyer)

    def terms(self, **plan: Any) -> dict[str, Any]:
        """Return the terms of an agreement that the institution collects, with a flat plan."""
        return {
            "contract_type": "licence",
            "subject": "A licence to use the sample result.",
            "currency": "CNY",
            "collector": self.institution,
            "tax_basis_points": 600,
            "loss_bearer": "institution",
            "plan_terms": {
                "form": "flat",
                "shares": FLAT,
                "inventors": [[self.researcher.pk, 1]],
                **plan,
            },
        }

    def milestones(self, *amounts: int, **fields: Any) -> list[dict[str, Any]]:
        return [
            {
                "title": f"Milestone {number}",
                "deliverable": "A report.",
                "amount": Money(amount, "CNY"),
                "due_on": timezone.localdate() + timedelta(days=30),
                **fields,
            }
            for number, amount in enumerate(amounts, start=1)
        ]

    def proposed(self, *amounts: int, **plan: Any) -> Agreement:
        deal = self.negotiating()
        draft = agreements.save_draft(
            deal=deal,
            terms=self.terms(**plan),
            milestones=self.milestones(*(amounts or (1_000_000,))),
            author=self.broker,
        )
        agreements.propose(agreement=draft, author=self.broker)
        return Agreement.objects.get(pk=draft.pk)

    def agreed(self, *amounts: int, **plan: Any) -> Deal:
        agreement = self.proposed(*amounts, **plan)
        self.sign(agreement.document)
        return Deal.objects.get(pk=agreement.deal_id)

    def policy(self, **fields: Any) -> Policy:
        """Add a version of the institution's policy, in force from today on."""
        defaults = {
            "title": "Sample policy",
            "source": "Document 7 (2026)",
            "effective_from": timezone.localdate(),
            "currency": "CNY",
            "team_tiers": [[0, None, 7000]],
        }
        return policies.add(organisation=self.institution, by=self.dean, **{**defaults, **fields})

    def open_accounts(self) -> None:
        """Give everybody who is paid a bank account."""
        for owner in (self.institution, self.researcher, self.broker):
            payout_accounts.open_account(
                owner=owner,
                gateway="bank",
                opened_by=self.dean,
                holder="Sample holder",
                bank="Sample bank",
                number="6222000000000000",
            )

    def pay(self, milestone: Milestone) -> Charge:
        """Pay by bank transfer: one person records the receipt, another confirms it."""
        charge = performance.pay(
            milestone=milestone, gateway="bank", payer=self.buyer, return_url="/"
        )
        line = Line(
            amount=charge.money,
            bank_reference=charge.code,
            booked_on=date(2026, 1, 2),
            evidence=pdf(),
        )
        entry = bank_entries.record_receipt(charge=charge, line=line, recorded_by=self.dean)
        bank_entries.confirm(entry=entry, confirmed_by=self.bursar)
        effects.process_due()
        charge.refresh_from_db()
        return charge

    def pay_by_hand(self, order: Transfer | Refund) -> None:
        """Note that `order` was paid at the bank: one person records it, another confirms it."""
        line = Line(
            amount=order.money,
            bank_reference=str(order.pk),
            booked_on=order.requested_at.date(),
            evidence=pdf(),
        )
        entry = bank_entries.record_payout(order=order, line=line, recorded_by=self.bursar)
        bank_entries.confirm(entry=entry, confirmed_by=self.dean)
        effects.process_due()

    def settle(self, milestone: Milestone) -> None:
        performance.deliver(milestone=milestone, by=self.researcher)
        performance.accept(milestone=milestone, by=self.buyer)
        effects.process_due()
        self.bill(milestone.agreement.deal)

    def prove(self, cost: DirectCost) -> None:
        """Add the evidence of `cost`, and approve it as somebody else."""
        deal = cost.milestone.agreement.deal
        costs.prove(cost=cost, evidence=self.file(deal), by=self.researcher)
        costs.approve(cost=cost, by=self.buyer)

    def bill(self, deal: Deal) -> None:
        """Record the brokers' invoices for all that they are owed, and pay them."""
        for number, party in enumerate(deal.parties.filter(role=Party.Role.BROKER)):
            payee = Payee(PayeeKind.USER, party.user.pk)
            left = commissions.uninvoiced(deal, payee, "CNY")
            if left:
                paper = invoices.Paper(
                    number=f"{number}-{deal.invoices.count()}",
                    issued_on=timezone.localdate(),
                    amount=left,
                    rate=600,
                    file=pdf("invoice.pdf"),
                )
                invoices.bill(deal=deal, payee=payee, paper=paper, by=party.user)
        effects.process_due()

    def complain(self, milestone: Milestone, *, whole: bool = False, **fields: Any) -> Complaint:
        """Let the enterprise complain about what was delivered, or about the `whole` deal."""
        deal = milestone.agreement.deal
        about: dict[str, Any] = {
            "kind": "milestone",
            "against": party(deal, "institution"),
            "by": self.buyer,
        }
        about |= {"text": "It does not work.", **fields}
        return complaints.open_(deal=deal, milestone=None if whole else milestone, **about)

    def decide(self, complaint: Complaint, outcome: str, **fields: Any) -> None:
        """Let an administrator decide `complaint`."""
        judge = make_administrator()
        complaints.decide(
            complaint=complaint, outcome=outcome, reason="It is so.", by=judge, **fields
        )

    def file(self, deal: Deal) -> DealFile:
        return deal_files.add(
            deal=deal,
            upload=pdf(),
            kind=DealFile.Kind.EVIDENCE,
            title="Invoice",
            by=self.researcher,
        )

    def record_due_diligence(self, deal: Deal, **fields: Any) -> None:
        record = {
            "pricing_mode": "agreement",
            "approved_on": timezone.localdate(),
            "approval": "Minutes 1",
            "related_parties": "None.",
            **fields,
        }
        due_diligence.record(deal=deal, fields=record, by=self.dean, minutes=pdf("minutes.pdf"))

    def notice(self, deal: Deal, amount: int = 1_000_000, *, days_ago: int = 0) -> PublicNotice:
        """Publish a notice that began `days_ago` and lasts as short as the law permits."""
        today = timezone.localdate()
        notice = notices.publish(
            deal=deal,
            subject="Sample result",
            amount=Money(amount, "CNY"),
            basis="Negotiated on a valuation.",
            closes_on=notices.earliest_end(today),
            by=self.dean,
        )
        opens_on = today - timedelta(days=days_ago)
        days = {"opens_on": opens_on, "closes_on": notices.earliest_end(opens_on)}
        PublicNotice.objects.filter(pk=notice.pk).update(**days)
        notice.refresh_from_db()
        return notice

    def seal(self, deal: Deal) -> DealFile:
        return deal_files.add(
            deal=deal,
            upload=pdf("sealed.pdf"),
            kind=DealFile.Kind.SEALED_CONTRACT,
            title="Sealed contract",
            by=self.dean,
        )


def party(deal: Deal, role: str) -> Party:
    return deal.parties.get(role=role)

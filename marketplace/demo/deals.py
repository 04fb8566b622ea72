"""A sample deal in every stage, carried there by the people who would do it, with money moved."""

from collections.abc import Callable
from typing import Any

from brokers.deals import agreements, complaints, documents, introductions, progress, versions
from brokers.deals.models import Agreement, Complaint, Deal, Document, Party
from brokers.deals.stages import PATH, Stage
from marketplace import money
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.demo import compliance, listings, papers, source
from marketplace.demo.payments import Cashier
from marketplace.demo.people import person
from marketplace.money import Money, parse_basis_points


def load(cashier: Callable[[], Cashier]) -> None:
    """Make the sample deals that are missing; `cashier` is asked for only when one is made."""
    for row in source.read("deals"):
        pair = {"result": listings.result(row["result"]), "need": listings.need(row["need"])}
        if not Deal.objects.filter(**pair).exists():
            _Story(row, **pair).play(cashier())


class _Story:
    """One sample deal, from the introduction to the stage that `row` names."""

    def __init__(self, row: dict[str, Any], *, result: Any, need: Any) -> None:
        self.row, self.result, self.need = row, result, need
        self.stage = Stage(row["stage"])
        self.broker = person(row["introduced_by"])
        self.seller = representative(result.organisation)
        self.buyer = representative(need.organisation)

    def play(self, cashier: Cashier) -> None:
        self.deal = introductions.introduce(result=self.result, need=self.need, by=self.broker)
        for broker in self.row["brokers"]:
            introductions.add_broker(
                deal=self.deal, broker=person(broker["email"]), actor=self.broker
            )
        for step in (self._nda, self._negotiate, self._agree):
            if self.deal.stage == self.stage or not step():
                break
        else:
            self._perform(cashier)
        self._end()

    def _goes_beyond(self, stage: Stage) -> bool:
        """Whether the story passes `stage`; those that end badly end after what they hold."""
        if self.stage in PATH:
            return PATH.index(self.stage) > PATH.index(stage)
        return bool(self.row["agreement"]) or stage == Stage.NDA

    def _advance(self, move: str, actor: User, reason: str = "") -> None:
        self.deal = progress.advance(deal=self.deal, move=move, actor=actor, reason=reason)

    def _nda(self) -> bool:
        if self.deal.enterprise_disclosed:
            self._advance("open_nda", self.broker)
        else:
            self._advance("disclose", self.buyer)
        document = documents.draw_up_nda(deal=self.deal, author=self.broker)
        for email in self.row["nda"]["signed_by"]:
            self._sign(document, person(email))
        self.deal.refresh_from_db()
        return self._goes_beyond(Stage.EVALUATING)

    def _sign(self, document: Document, signer: User) -> None:
        for party in document.deal.parties.all():
            if party.user_id == signer.pk or (
                party.organisation_id
                and signer.memberships.filter(organisation=party.organisation_id).exists()
            ):
                documents.sign(
                    document=document,
                    party=party,
                    signer=signer,
                    sha256=document.sha256,
                    address="127.0.0.1",
                    user_agent="sample data",
                )

    def _negotiate(self) -> bool:
        self._advance("negotiate", self.buyer)
        compliance.record(self.deal, self.row["compliance"], by=self.seller)
        agreements.save_draft(
            deal=self.deal,
            terms=self._terms(),
            milestones=self._milestones(self.row["agreement"]["milestones"]),
            royalties=self._royalties(),
            author=self.broker,
        )
        return self._goes_beyond(Stage.NEGOTIATING)

    def _terms(self) -> dict[str, Any]:
        terms = self.row["agreement"]
        platform = terms["collector"] == "platform"
        return {
            "contract_type": terms["type"],
            "subject": f"{terms['title_zh']}\n{terms['title_en']}",
            "currency": terms["currency"],
            "collector": None if platform else self.result.organisation,
            "tax_basis_points": parse_basis_points(terms["tax"]["rate_percent"]),
            "tax_treatment": terms["tax"]["treatment"],
            "equity": terms["equity_zh"],
            "loss_bearer": terms["plan"]["loss_bearer"],
            "plan_terms": self._plan(terms["plan"]),
        }

    def _plan(self, plan: dict[str, Any]) -> dict[str, Any]:
        shares = {share["kind"]: share for share in plan["shares"]}
        team = shares["team"]
        return {
            "form": plan["form"],
            "shares": {
                kind: parse_basis_points(share["percent"])
                for kind, share in shares.items()
                if share.get("percent")
            },
            "platform_fee": parse_basis_points(plan["platform_fee_percent"]),
            "inventors": [
                [person(inventor["email"]).pk, int(inventor["percent"])]
                for inventor in team["inventors"]
            ],
            "team_via_institution": team["route"] == "institution",
            "brokers": [
                [person(broker["email"]).pk, int(broker["percent"])]
                for broker in self.row["brokers"]
            ],
            **self._commission(plan["commission"]),
        }

    def _commission(self, commission: dict[str, Any] | None) -> dict[str, Any]:
        if commission is None:
            return {}
        tiers, start = [], 0
        for tier in commission["tiers"]:
            end = self._money(tier["up_to"]).amount if tier["up_to"] else None
            tiers.append([start, end, parse_basis_points(tier["percent"])])
            start = end or 0
        cap = commission["cap"]
        return {"tiers": tiers, "cap": self._money(cap).amount if cap else None}

    def _milestones(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "title": row["title_zh"] or row["title_en"],
                "deliverable": row["deliverable_zh"] or row["deliverable_en"],
                "amount": self._money(row["amount"]),
                "due_on": source.day(row["due"]),
                "costs": [
                    (cost["title_zh"] or cost["title_en"], self._money(cost["amount"]))
                    for cost in row["direct_costs"]
                ],
            }
            for row in rows
        ]

    def _royalties(self) -> list[dict[str, Any]]:
        return [
            {
                "title": row["title_zh"],
                "base": row["base_zh"],
                "rate": parse_basis_points(row["rate_percent"]),
                "months": row["months"],
                "first_day": source.day(row["starts"]),
                "last_day": source.day(row["ends"]),
                "payment_days": row["payment_days"],
            }
            for row in self.row["agreement"]["royalties"]
        ]

    def _money(self, text: str) -> Money:
        return money.parse(text, self.row["agreement"]["currency"])

    def _agree(self) -> bool:
        agreement = versions.current(self.deal)
        if agreement is None:
            raise LookupError(self.row["id"])
        document = agreements.propose(agreement=agreement, author=self.broker)
        signers = {Party.Role.INSTITUTION: self.seller, Party.Role.ENTERPRISE: self.buyer}
        for party in self.deal.parties.all():
            signer = party.user or signers[Party.Role(party.role)]
            documents.sign(
                document=document,
                party=party,
                signer=signer,
                sha256=document.sha256,
                address="127.0.0.1",
                user_agent="sample data",
            )
        self.deal.refresh_from_db()
        agreement.refresh_from_db()
        compliance.register(agreement, self.row["compliance"]["registration"], by=self.seller)
        return self._goes_beyond(Stage.AGREED)

    def _perform(self, cashier: Cashier) -> None:
        terms = self.row["agreement"]
        agreement = versions.current(self.deal)
        if agreement is None:
            raise LookupError(self.row["id"])
        cashier.open_accounts(agreement, gateway=terms["gateway"])
        for milestone, row in zip(agreement.milestones.all(), terms["milestones"], strict=True):
            if row["state"] in ("paid", "settled"):
                cashier.pay(milestone, gateway=terms["gateway"], payer=self.buyer)
            if row["state"] == "settled":
                proofs = [cost["evidence"] for cost in row["direct_costs"]]
                papers.invoice_milestone(milestone, by=self.seller)
                cashier.settle(milestone, proofs, team=self.result.author, buyer=self.buyer)
                if self.row.get("payouts") != "waiting":
                    cashier.pay_out(self.deal)
        papers.pass_on(self.deal)
        for row in terms["royalties"]:
            papers.report_royalty(agreement, row["reported"], by=self.buyer)
        self.deal.refresh_from_db()
        if "amendment" in self.row:
            self._amend(agreement)

    def _amend(self, base: Agreement) -> None:
        """Propose other milestones for what has not begun, and let the others sign later."""
        draft = agreements.save_draft(
            deal=self.deal,
            terms=self._terms(),
            milestones=self._milestones(self.row["amendment"]["milestones"]),
            royalties=list(papers.carried_on(base)),
            author=self.broker,
            kept=[milestone.pk for milestone in versions.begun(self.deal)],
        )
        self._sign(agreements.propose(agreement=draft, author=self.broker), self.broker)

    def _end(self) -> None:
        ending = self.row["ending"]
        moves = {Stage.DECLINED: "decline", Stage.TERMINATED: "terminate"}
        if ending:
            reason = f"{ending['reason_zh']}\n{ending['reason_en']}"
            if self.stage in moves:
                self._advance(moves[self.stage], person(ending["by"]), reason)
            else:
                self._complain(person(ending["by"]), reason)
        if self.deal.stage != self.stage:
            raise RuntimeError(f"{self.row['id']} stopped at {self.deal.stage}")

    def _complain(self, by: User, reason: str) -> None:
        """Open a complaint about the money of the deal, and let the other side answer."""
        parties = {party.role: party for party in self.deal.parties.all()}
        complaint = complaints.open_(
            deal=self.deal,
            kind=Complaint.Kind.PAYMENT,
            against=parties[Party.Role.INSTITUTION],
            text=reason,
            by=by,
        )
        answer = self.row["answer"]
        complaints.answer(
            complaint=complaint, text=f"{answer['zh']}\n{answer['en']}", by=self.seller
        )
        self.deal.refresh_from_db()


def representative(organisation: Organisation) -> User:
    """Return who signs for a sample organisation."""
    owner = organisation.memberships.filter(role=Membership.Role.OWNER).first()
    if owner is None:
        raise LookupError(organisation)
    return owner.user

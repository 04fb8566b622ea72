import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from brokers.deals import agreements, documents, progress
from brokers.deals.models import Agreement, Deal, Document, Signature
from brokers.deals.stages import Stage
from brokers.settlement.models import SplitPlan
from brokers.settlement.plan_rules import PlanError
from search import decisions
from search.models import MatchDecision
from tests.deals.factories import FLAT, World, party
from tests.factories import add_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def sign(document: Document, role: str, signer, **changes):
    fields = {"sha256": document.sha256, "address": "127.0.0.1", "user_agent": "test", **changes}
    return documents.sign(
        document=document, party=party(document.deal, role), signer=signer, **fields
    )


def test_last_signature_closes_the_negotiation(world: World) -> None:
    agreement = world.proposed()
    world.sign(agreement.document, "institution", "enterprise", "team")
    assert Deal.objects.get().stage == Stage.NEGOTIATING
    world.sign(agreement.document, "broker")
    agreement.refresh_from_db()
    assert (Deal.objects.get().stage, agreement.state) == (Stage.AGREED, Agreement.State.SIGNED)


def test_signature_names_the_text_by_its_hash(world: World) -> None:
    document = world.proposed().document
    signature = sign(document, "enterprise", world.buyer)
    assert signature.sha256 == document.sha256
    assert signature.address == "127.0.0.1"


def test_text_holds_terms_plan_and_its_hash_in_both_languages(world: World) -> None:
    agreement = world.proposed(1_000_000)
    text = agreement.document.text
    for wanted in (agreement.plan.digest, "Sample company"):
        assert text.count(wanted) == 2, wanted
    assert (text.count("70%"), text.count("70 %")) == (1, 1), "as Chinese and English write it"
    assert text.count("10,000.00 CNY") == 4, "milestone and total, twice"


def test_signing_twice_is_one_signature(world: World) -> None:
    document = world.proposed().document
    assert sign(document, "enterprise", world.buyer) == sign(document, "enterprise", world.buyer)


def test_who_may_not_sign(world: World) -> None:
    document = world.proposed().document
    clerk = add_member(world.enterprise)
    for role, signer in (
        ("enterprise", clerk),
        ("enterprise", world.dean),
        ("team", world.dean),
        ("broker", make_user()),
    ):
        with pytest.raises(PermissionDenied):
            sign(document, role, signer)
    assert not Signature.objects.filter(document=document).exists()


def test_another_text_than_on_screen_is_not_signed(world: World) -> None:
    document = world.proposed().document
    with pytest.raises(ValidationError):
        sign(document, "enterprise", world.buyer, sha256="0" * 64)
    assert not Signature.objects.filter(document=document).exists()


def test_new_version_is_signed_again_by_all(world: World) -> None:
    first = world.proposed()
    world.sign(first.document, "enterprise", "institution", "team")
    draft = agreements.save_draft(
        deal=first.deal,
        terms=world.terms(shares={"institution": 1000, "team": 8000, "broker": 1000}),
        milestones=world.milestones(2_000_000),
        author=world.broker,
    )
    second = agreements.propose(agreement=draft, author=world.broker)
    first.refresh_from_db()
    assert first.state == Agreement.State.SUPERSEDED
    with pytest.raises(ValidationError):
        sign(first.document, "broker", world.broker)
    world.sign(second, "broker")
    assert Deal.objects.get().stage == Stage.NEGOTIATING
    assert first.document.signatures.count() == 3, "old signatures stay with the old version"
    world.sign(second)
    assert Deal.objects.get().stage == Stage.AGREED


def test_a_contract_in_force_carries_on_the_match_of_the_introduction_once(world: World) -> None:
    deal = world.agreed()
    introduced = deal.introduction.decision
    contracted = MatchDecision.objects.get(verdict=MatchDecision.Verdict.CONTRACTED)
    assert (contracted.origin, contracted.match) == (introduced, introduced.match)
    assert (contracted.need, contracted.result) == (deal.need, deal.result)
    assert contracted.decided_by is None, "all parties did, not one person"
    deal = progress.advance(deal=deal, move="renegotiate", actor=world.buyer, reason="Price.")
    progress.try_advance(deal=deal, move="agree")
    for _again in range(2):
        assert decisions.contract(introduced) == contracted
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchDecision.objects.create(
            need=deal.need,
            result=deal.result,
            verdict=contracted.verdict,
            origin=introduced,
            match={},
        )
    assert MatchDecision.objects.count() == 2


def test_no_contract_no_decision(world: World) -> None:
    agreement = world.proposed()
    world.sign(agreement.document, "institution", "team")
    assert Deal.objects.get().stage == Stage.NEGOTIATING
    assert [d.verdict for d in MatchDecision.objects.all()] == ["introduced"]


def test_signed_agreement_is_not_redrafted(world: World) -> None:
    deal = world.agreed()
    with pytest.raises(ValidationError):
        agreements.save_draft(
            deal=deal, terms=world.terms(), milestones=world.milestones(1), author=world.broker
        )
    assert Agreement.objects.get().state == Agreement.State.SIGNED


def test_renegotiation_opens_a_new_version(world: World) -> None:
    deal = world.agreed()
    deal = progress.advance(deal=deal, move="renegotiate", actor=world.buyer, reason="Price.")
    agreements.save_draft(
        deal=deal, terms=world.terms(), milestones=world.milestones(1), author=world.broker
    )
    assert list(Agreement.objects.values_list("version", "state")) == [
        (1, "superseded"),
        (2, "draft"),
    ]


def test_bad_plan_is_not_proposed(world: World) -> None:
    deal = world.negotiating()
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(shares={**FLAT, "team": 6000}),
        milestones=world.milestones(1),
        author=world.broker,
    )
    with pytest.raises(PlanError) as error:
        agreements.propose(agreement=draft, author=world.broker)
    assert [p.code for p in error.value.problems] == ["total"]
    assert not SplitPlan.objects.exists()
    assert not Document.objects.filter(kind=Document.Kind.AGREEMENT).exists()
    assert Agreement.objects.get().state == Agreement.State.DRAFT


def test_state_university_cannot_agree_less_than_the_legal_floor() -> None:
    world = World(state_established=True)
    deal = world.negotiating()
    commission = {"tiers": [[0, None, 500]], "shares": {"institution": 5000, "team": 5000}}
    draft = agreements.save_draft(
        deal=deal,
        terms=world.terms(form="brokers_first", **commission),
        milestones=world.milestones(1_000_000),
        author=world.broker,
    )
    with pytest.raises(PlanError) as error:
        agreements.propose(agreement=draft, author=world.broker)
    assert [p.code for p in error.value.problems] == ["below_floor"]

    world.policy(brokerage_as_cost=True)
    agreements.propose(agreement=draft, author=world.broker)
    draft.refresh_from_db()
    assert "Sample policy v1" in draft.plan.plan.brokerage_as_cost

"""A broker's board and record: who sees them, what a forecast is made of, what the public may count."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from brokers.deals import introductions, plans, progress, refunds
from brokers.deals.models import Agreement, Deal, Milestone, Party
from brokers.deals.pipeline import probability, record
from brokers.deals.pipeline.board import COLUMNS, board
from brokers.deals.stages import OPEN, Stage
from brokers.profiles import profiles
from brokers.profiles.models import BrokerProfile
from brokers.settlement.plan import Payee, PayeeKind
from marketplace.accounts.models import Organisation
from marketplace.listings import lifecycle
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.factories import World, make_broker
from tests.factories import make_administrator, make_need, make_organisation, make_user, owner_of
from tests.pages import soup, text_of

pytestmark = pytest.mark.django_db


def profile_of(user) -> BrokerProfile:
    return BrokerProfile.objects.get(user=user)


def yuan(amount: int) -> Money:
    return Money(amount, "CNY")


class TestForecast:
    def test_a_price_becomes_a_commission_on_net_income(self, world: World) -> None:
        world.proposed(1_000_000)
        (sums,) = board(world.broker, viewer=world.broker).totals
        net = 1_000_000 - 60_000
        assert (sums.earned, sums.outstanding) == (yuan(0), yuan(net // 10))
        assert sums.weighted == yuan(net // 10 * 45 // 100)

    def test_what_is_earned_is_not_outstanding_and_a_refund_takes_it_back(
        self, world: World
    ) -> None:
        world.agreed(1_000_000, 1_000_000)
        first = Milestone.objects.first()
        world.pay(first)
        world.settle(first)
        (sums,) = board(world.broker, viewer=world.broker).totals
        assert (sums.earned, sums.outstanding) == (yuan(94_000), yuan(94_000))
        assert sums.weighted == yuan(89_300)
        first.refresh_from_db()
        order = refunds.request(
            milestone=first,
            amount=yuan(500_000),
            reason="Half.",
            by=world.dean,
            reference=uuid.uuid4(),
        )
        effects.process_due()
        order.refresh_from_db()
        world.pay_by_hand(order)
        (sums,) = board(world.broker, viewer=world.broker).totals
        assert (sums.earned, sums.outstanding) == (yuan(47_000), yuan(141_000))

    def test_currencies_are_never_added(self) -> None:
        worlds = [World(), World()]
        worlds[1].broker = worlds[0].broker
        for world, currency in zip(worlds, ("CNY", "JPY"), strict=True):
            world.proposed(1_000_000)
            Agreement.objects.filter(deal__need=world.need).update(currency=currency)
        found = board(worlds[0].broker, viewer=worlds[0].broker).totals
        assert [sums.weighted.currency for sums in found] == ["CNY", "JPY"]

    def test_a_draft_counts_as_far_as_it_is_sound_and_no_plan_counts_nothing(self) -> None:
        world = World()
        world.introduced()
        (card,) = [c for col in board(world.broker, viewer=world.broker).columns for c in col.cards]
        assert card.forecast is None
        other = World()
        other.proposed(1_000_000)
        Agreement.objects.update(state="draft", plan=None, document=None)
        assert board(other.broker, viewer=other.broker).totals[0].outstanding == yuan(94_000)
        Agreement.objects.update(plan_terms={"form": "flat", "shares": {}, "inventors": []})
        assert board(other.broker, viewer=other.broker).totals == []

    def test_probabilities_are_data_with_a_date(self) -> None:
        rules = probability.in_force(on=date(2026, 1, 1))
        assert all(0 < rules.of(stage) < 100 for stage in OPEN)
        assert [rules.of(Stage.COMPLETED), rules.of(Stage.DECLINED)] == [0, 0]
        assert set(COLUMNS) == OPEN
        with pytest.raises(ValueError, match="empty"):
            probability.in_force(on=date(1999, 1, 1))


class TestBrokerage:
    @pytest.fixture
    def employed(self, world: World) -> World:
        """The broker works for a brokerage, which is to get 30 percent."""
        brokerage = make_organisation("Sample brokers", kind=Organisation.Kind.BROKERAGE)
        BrokerProfile.objects.filter(user=world.broker).update(
            brokerage=brokerage, brokerage_percent=30
        )
        world.brokerage = brokerage
        return world

    def agree(self, world: World) -> None:
        profiles.agree_with_brokerage(
            profile=profile_of(world.broker), percent=30, by=owner_of(world.brokerage)
        )

    def test_the_agreed_part_stands_in_the_plan_and_is_allocated(self, employed: World) -> None:
        self.agree(employed)
        agreement = employed.proposed(1_000_000)
        (share,) = [share for share in agreement.plan.plan.shares if share.role == "broker"]
        assert {member.payee: member.parts for member in share.members} == {
            Payee(PayeeKind.USER, employed.broker.pk): 7,
            Payee(PayeeKind.ORGANISATION, employed.brokerage.pk): 3,
        }
        assert "Sample brokers" in agreement.document.text
        (sums,) = board(employed.broker, viewer=employed.broker).totals
        assert sums.outstanding == yuan(65_800)

    def test_nothing_goes_to_a_brokerage_that_has_not_agreed(self, employed: World) -> None:
        agreement = employed.proposed(1_000_000)
        assert agreement.plan.plan.brokers == (Payee(PayeeKind.USER, employed.broker.pk),)

    def test_co_brokers_of_one_brokerage_name_it_once(self, employed: World) -> None:
        self.agree(employed)
        deal = employed.negotiating()
        other = make_broker(brokerage=employed.brokerage, brokerage_percent=50)
        profiles.agree_with_brokerage(
            profile=profile_of(other), percent=50, by=owner_of(employed.brokerage)
        )
        introductions.add_broker(deal=deal, broker=other, actor=employed.dean)
        parts = {m.payee: m.parts for m in plans._brokers(Deal.objects.get().parties.all(), {})}
        assert parts == {
            Payee(PayeeKind.USER, employed.broker.pk): 7,
            Payee(PayeeKind.USER, other.pk): 5,
            Payee(PayeeKind.ORGANISATION, employed.brokerage.pk): 8,
        }

    def test_the_form_of_the_agreement_says_so(self, employed: World, visit) -> None:
        self.agree(employed)
        deal = employed.negotiating()
        page = text_of(visit(employed.dean).get("agreement", deal.pk))
        assert "30 % of it goes to Sample brokers, as agreed." in page

    def test_only_who_was_shown_the_part_agrees_to_it(self, employed: World) -> None:
        BrokerProfile.objects.update(brokerage_percent=5)
        with pytest.raises(ValidationError):
            self.agree(employed)
        assert not BrokerProfile.objects.filter(brokerage_agreed_at__isnull=False).exists()


class TestRecord:
    def public_of(self, broker) -> dict[str, int]:
        return {figure.name: figure.public for figure in record.figures(broker)}

    def test_only_what_is_public_is_counted_for_everybody(self) -> None:
        world = World()
        deal = world.introduced()
        assert self.public_of(world.broker) == {"brokered": 1, "signed": 0, "completed": 0}
        Deal.objects.update(stage=Stage.COMPLETED)
        assert self.public_of(world.broker) == {"brokered": 1, "signed": 1, "completed": 1}
        lifecycle.withdraw(world.result, author=world.researcher)
        assert self.public_of(world.broker) == {"brokered": 0, "signed": 0, "completed": 0}
        assert record.figures(world.broker)[0].total == 1
        assert deal.stage == Stage.INTRODUCED

    def test_a_deal_of_an_anonymous_need_is_counted_for_nobody_else(self) -> None:
        world = World(need_fields={"anonymous": True})
        deal = world.introduced()
        progress.advance(deal=deal, move="disclose", actor=world.buyer)
        assert self.public_of(world.broker)["brokered"] == 0

    def test_the_public_reads_numbers_and_the_broker_the_deals_behind_them(self, visit) -> None:
        world = World()
        deal = world.introduced()
        profile = profile_of(world.broker)
        address = reverse("profiles:broker", args=[profile.pk])
        for reader, links in ((None, 0), (make_user(), 0), (world.broker, 3)):
            client = Client(headers={"accept-language": "en"})
            if reader:
                client.force_login(reader)
            page = soup(client.get(address))
            assert [dd.get_text(strip=True) for dd in page.select(".tile dd")] == ["1", "0", "0"]
            assert len(page.select(".tile a")) == links
        page = text_of(visit(world.broker).get("record", profile.pk, figure="brokered"))
        assert deal.reference in page
        assert visit(world.broker).get("record", profile.pk, figure="x").status_code == 404
        empty = visit(world.broker).get("record", profile.pk, figure="completed")
        assert deal.reference not in text_of(empty)

    def test_each_earned_amount_leads_to_the_rows_of_the_ledger(self, world: World, visit) -> None:
        deal = world.agreed(1_000_000)
        milestone = Milestone.objects.get()
        world.pay(milestone)
        world.settle(milestone)
        for reader in (world.broker, make_administrator()):
            page = soup(visit(reader).get("record", profile_of(world.broker).pk))
            links = [a["href"] for a in page.select(".deal-row__what p a")]
            assert len(links) == 2
            for link in links:
                assert str(deal.pk) in link
                assert visit(reader).client.get(link).status_code == 200


def test_board_and_record_are_the_brokers_and_the_administrators(visit) -> None:
    world = World()
    world.introduced()
    pk = profile_of(world.broker).pk
    for name in ("pipeline", "record"):
        for reader in (world.broker, make_administrator()):
            assert visit(reader).get(name, pk).status_code == 200
        for reader in (world.dean, world.buyer, make_broker(), make_user()):
            assert visit(reader).get(name, pk).status_code == 404
        assert Client().get(reverse(f"deals:{name}", args=[pk])).status_code == 302
    assert visit(world.broker).get("own_pipeline")["Location"].endswith(f"/{pk}/pipeline/")
    assert visit(world.dean).get("own_pipeline").status_code == 404


def test_the_board_names_no_anonymous_enterprise(visit) -> None:
    world = World(need_fields={"anonymous": True})
    world.enterprise.name_en = "Secretive Castings"
    world.enterprise.save()
    world.introduced()
    pk = profile_of(world.broker).pk
    for name in ("pipeline", "record"):
        response = visit(world.broker).get(name, pk)
        assert "Secretive Castings" not in response.content.decode()
        assert "Anonymous enterprise" in text_of(response)


def test_the_board_asks_as_much_for_many_deals_as_for_few(visit) -> None:
    world = World()
    world.proposed()
    pk = profile_of(world.broker).pk

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            visit(world.broker).get("pipeline", pk)
        return len(queries)

    cost()
    few = cost()
    for _ in range(3):
        need = make_need(world.enterprise, author=world.engineer, live=True)
        introductions.introduce(result=world.result, need=need, by=world.broker)
    assert Party.objects.filter(user=world.broker, role="broker").count() == 4
    assert cost() == few

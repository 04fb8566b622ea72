"""Statements: the figures of settlement, each the sum of the ledger rows shown below it."""

import csv
import io
import uuid

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from brokers.deals import agreements, files, refunds
from brokers.deals.models import Milestone
from brokers.deals.reading.ledger_rows import entries_by_currency
from brokers.deals.reading.statement import party_statement
from brokers.deals.reading.statement_rows import Deductions, Sorted
from brokers.payments.models import Transfer
from brokers.settlement import statements
from brokers.settlement.plan import PLATFORM, Payee, PayeeKind
from brokers.settlement.services import disputes
from marketplace.accounts.permissions import FINANCE
from marketplace.amounts import with_currency
from marketplace.money import Money
from marketplace.outbox import effects
from tests.deals.factories import World, pdf
from tests.factories import make_administrator, make_user
from tests.pages import soup, text_of
from tests.papers import read

pytestmark = pytest.mark.django_db

TERMS = {
    "shares": {"institution": 2000, "team": 7000, "broker": 500, "platform": 500},
    "loss_bearer": "institution",
}


@pytest.fixture
def world() -> World:
    """A deal with payments accepted and not, refunds before and after settling, payouts, a dispute."""
    world = World()
    world.open_accounts()
    world.deal = world.agreed(1_000_001, 500_000, 300_000, shares=TERMS["shares"])
    first, second, third = Milestone.objects.all()
    world.pay(first)
    world.settle(first)
    for transfer in Transfer.objects.filter(account__user=world.researcher):
        world.pay_by_hand(transfer)
    world.pay(second)
    refund(world, second, 100_000)
    world.settle(second)
    refund(world, first, 333_333)
    world.pay(third)
    dispute = uuid.uuid4()
    disputes.open_(
        dispute_reference=dispute,
        payment_reference=Milestone.objects.get(pk=second.pk).payment_reference,
        amount=Money(50_000, "CNY"),
        fee=Money(1_500, "CNY"),
    )
    disputes.lose(dispute_reference=dispute)
    return world


def refund(world: World, milestone: Milestone, amount: int) -> None:
    order = refunds.request(
        milestone=Milestone.objects.get(pk=milestone.pk),
        amount=Money(amount, "CNY"),
        reason="Part of it is missing.",
        by=world.bursar,
        reference=uuid.uuid4(),
    )
    effects.process_due()
    order.refresh_from_db()
    world.pay_by_hand(order)


def payees(world: World) -> list[Payee]:
    users = (world.researcher, world.broker)
    own = [Payee(PayeeKind.USER, user.pk) for user in users]
    return [*own, Payee(PayeeKind.ORGANISATION, world.institution.pk), PLATFORM]


def test_every_figure_is_the_sum_of_its_rows(world: World) -> None:
    entries = entries_by_currency(world.deal.pk)["CNY"]
    deductions = Deductions.of(world.deal.pk)
    seen = set()
    for payee in payees(world):
        (statement,) = statements.of_party(world.deal.pk, payee)
        rows = Sorted(entries, payee, deductions)
        figures = {
            "gross": statement.gross,
            "loss": statement.loss,
            "returned": statement.returned,
            "to_return": statement.to_return,
            "net": -statement.net,
            "share": -statement.share,
            "owed": -statement.owed,
            "kept": -statement.kept,
            "paid": -statement.paid,
            "on_its_way": -statement.on_its_way,
            "set_off": -statement.set_off,
            "unaccepted": -statement.unaccepted,
            **{(d.kind.value, d.label): -d.amount for d in statement.deductions},
        }
        for line, figure in figures.items():
            assert sum(entry.amount for entry in rows[line]) == figure.amount, (payee, line)
            if figure:
                seen.add(line)
    assert {"gross", "loss", "net", "share", "kept", "paid", "unaccepted", ("tax", "")} <= seen


def test_shares_on_the_statements_make_the_net_income(world: World, visit) -> None:
    shares, net = [], None
    for payee in payees(world):
        (statement,) = statements.of_party(world.deal.pk, payee)
        shares.append(statement.share)
        net = statement.net
    assert net is not None
    assert Money.total(shares, "CNY") == net
    page = visit(world.researcher).get("statement", world.deal.pk, "user", world.researcher.pk)
    assert page.status_code == 200
    lines = {
        line.find(class_="statement__label").get_text(strip=True): line
        for line in soup(page).find_all(class_="statement__line")
    }
    assert list(lines)[:4] == ["Not accepted yet", "Received and accepted", "Tax", "Net income"]
    (own,) = statements.of_party(world.deal.pk, payees(world)[0])
    assert own.share.digits in lines["Your share"].find("data")["value"]
    assert lines["Your share"].select("tbody tr"), "down to the ledger"


def test_who_reads_which_statement(world: World, visit) -> None:
    finance = make_user()
    finance.groups.add(Group.objects.get_or_create(name=FINANCE)[0])
    own = ("user", world.researcher.pk)
    institution = ("organisation", world.institution.pk)
    platform = ("platform", 0)
    allowed = {
        world.researcher: {own, institution},
        world.dean: {institution},
        world.broker: set(),
        world.buyer: set(),
        finance: {own, institution, platform},
        make_administrator(): {own, institution, platform},
    }
    for person, readable in allowed.items():
        for payee in (own, institution, platform):
            status = 200 if payee in readable else 404
            for name in ("statement", "statement_csv"):
                assert visit(person).get(name, world.deal.pk, *payee).status_code == status
    nobody = visit(finance)
    for payee in (("user", 999_999), ("nonsense", 1), ("organisation", world.enterprise.pk)):
        assert nobody.get("statement", world.deal.pk, *payee).status_code == 404


def test_statement_as_a_table_is_no_formula(world: World, visit) -> None:
    world.institution.name_en = "=cmd|' /C calc'!A0"
    world.institution.save()
    answer = visit(world.researcher).get(
        "statement_csv", world.deal.pk, "organisation", world.institution.pk
    )
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["Line", "Amount", "Currency"]
    (own,) = statements.of_party(world.deal.pk, Payee(PayeeKind.ORGANISATION, world.institution.pk))
    assert ["Net income", own.net.digits, "CNY"] in [row[:3] for row in rows]
    assert all(not cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)
    assert any("cmd" in cell for row in rows for cell in row)


def test_before_the_first_payment_there_is_an_estimate_and_no_statement(visit) -> None:
    world = World()
    deal = world.agreed(1_000_000)
    page = text_of(visit(world.researcher).get("money", deal.pk))
    assert "Estimate" in page
    assert "9,400.00" in page
    own = ("user", world.researcher.pk)
    assert visit(world.researcher).get("statement", deal.pk, *own).status_code == 404
    assert "Nothing has been posted yet" in text_of(visit(world.dean).get("ledger", deal.pk))


@pytest.mark.parametrize(("language", "net"), [("zh-hans", "净收入"), ("en", "Net income")])
def test_the_paper_shows_every_line_in_the_readers_language(
    world: World, visit, language, net
) -> None:
    world.result.title_zh = "高温超导带材"
    args = (world.deal.pk, "user", world.researcher.pk)
    client = visit(world.researcher).client
    address = reverse("deals:statement_pdf", args=args).replace("/en/", f"/{language}/")
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    seen = read(answer.content)
    assert world.deal.reference in seen.text
    assert net in seen.text
    (page,) = party_statement(world.deal.pk, Payee(PayeeKind.USER, world.researcher.pk)).pages
    for line in page.lines:
        assert with_currency(line.signed).replace("\N{MINUS SIGN}", "") in seen.text
    if language == "zh-hans":
        for character in net:
            assert 0.05 < seen.ink(character) < 0.8, character


def test_the_paper_names_evidence_by_files_that_all_parties_read(visit) -> None:
    world = World()
    deal = world.negotiating()
    patent = [("Patent", Money(10_000, "CNY"))]
    milestones = world.milestones(1_000_000, costs=patent)
    draft = agreements.save_draft(
        deal=deal, terms=world.terms(), milestones=milestones, author=world.broker
    )
    world.sign(agreements.propose(agreement=draft, author=world.broker))
    milestone = Milestone.objects.get(agreement=draft)
    world.open_accounts()
    world.pay(milestone)
    world.prove(milestone.costs.get())
    for tier in ("side", "nda"):
        title = f"canary {tier}"
        files.add(deal=deal, upload=pdf(), kind="other", title=title, by=world.dean, tier=tier)
    world.settle(milestone)
    args = ("statement_pdf", deal.pk, "user", world.broker.pk)
    text = read(visit(world.broker).get(*args).content).text
    assert "SHA-256" in text
    assert "canary" not in text


def test_the_paper_is_for_who_may_read_the_statement(world: World, visit) -> None:
    args = ("statement_pdf", world.deal.pk, "user", world.researcher.pk)
    for person in (world.broker, world.buyer, make_user()):
        assert visit(person).get(*args).status_code == 404
    assert visit(make_administrator()).get(*args).status_code == 200


def test_held_money_is_said_to_be_held(world: World, visit) -> None:
    milestone = Milestone.objects.order_by("position")[1]
    world.complain(milestone)
    args = ("statement", world.deal.pk, "organisation", world.institution.pk)
    own = text_of(visit(world.broker).get("statement", world.deal.pk, "user", world.broker.pk))
    assert f"about “{milestone.title}” is decided" in own
    assert visit(world.dean).get(*args).status_code == 200

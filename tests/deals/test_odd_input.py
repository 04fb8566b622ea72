"""Odd addresses and odd contents of every form about deals and money: an answer, never an accident."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from brokers.deals.models import (
    Agreement,
    Deal,
    Invoice,
    Milestone,
    PublicNotice,
    Registration,
)
from brokers.payments.models import BankReceipt, Charge, Refund
from marketplace.outbox.models import Effect
from tests.deals.factories import PDF, World
from tests.factories import make_administrator
from tests.pages import form_data

pytestmark = pytest.mark.django_db

HUGE = 10**30
ODD = {
    "empty": "",
    "nul": "a\x00b",
    "digits": "9" * 400,
    "negative": "-1",
    "exponent": "1e400",
    "not a number": "NaN",
    "other digits": "٣９",
    "right to left": "\u202egnp.exe",
    "long text": "长" * 3_000,
    "markup": "<script>alert(1)</script>",
    "path": "../../etc/passwd",
    "json": '{"a": [1]}',
    "object": str(uuid.uuid4()),
    "formula": "=1+1",
}


def odd_versions(data: dict[str, Any], odd: str):
    """Yield what was typed with `odd` in every field, and in the fields that count rows alone."""
    counts = {name for name in data if name.endswith("_FORMS")}
    fields = data.keys() - counts - {"csrfmiddlewaretoken"}
    yield data | dict.fromkeys(fields, odd)
    if counts:
        yield data | dict.fromkeys(counts, odd)
    yield {name: [odd, odd] for name in fields}


def answers(client: Any, args: tuple[Any, ...], data: dict[str, Any], odd: str) -> list[int]:
    return [client.post(*args, data=version).status_code for version in odd_versions(data, odd)]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_contents_of_the_forms_before_the_agreement(world: World, visit, odd) -> None:
    deal = world.negotiating()
    dean, broker = visit(world.dean), visit(world.broker)
    pages = [
        (broker, ("agreement", deal.pk), "subject"),
        (dean, ("due_diligence", deal.pk), "approval"),
        (dean, ("publish_notice", deal.pk), "subject"),
        (dean, ("add_file", deal.pk), "title"),
        (dean, ("write_message", deal.pk), "text"),
        (dean, ("add_task", deal.pk), "title"),
        (dean, ("add_broker", deal.pk), "email"),
    ]
    stage = Deal.objects.get().stage
    for client, args, field in pages:
        shown = {"add_broker": "deal", "write_message": "room"}.get(args[0], args[0])
        data = form_data(client.get(shown, deal.pk), containing=field)
        for action in ("save", "propose", "recalculate", "add-tiers"):
            answered = answers(client, args, data | {"action": action}, odd)
            assert set(answered) <= {200, 302, 409, 422}, (args, action, answered)
            if args[0] != "agreement":
                break
    for name in ("agree", "decline", "nonsense"):
        data = {"version": odd, "reason": odd}
        assert dean.post("move", deal.pk, name, data=data).status_code in (302, 403, 409, 422)
    if odd not in ("", ODD["markup"]):
        assert Deal.objects.get().stage == stage
    assert not Agreement.objects.exclude(state="draft").exists()


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_contents_of_the_forms_about_money(world: World, visit, odd) -> None:
    deal = world.agreed(1_000_000)
    milestone = Milestone.objects.get()
    buyer, dean, bursar = (visit(p) for p in (world.buyer, world.dean, world.bursar))
    at = (deal.pk, milestone.pk)
    assert buyer.post("pay", *at, data={"gateway": odd}).status_code == 422
    assert not Charge.objects.exists()
    buyer.post("pay", *at, data={"gateway": "bank"})
    charge = Charge.objects.get()
    for evidence in (odd, SimpleUploadedFile(odd[:50] or "x", PDF)):
        line = dict.fromkeys(("amount", "bank_reference", "booked_on"), odd)
        line |= {"evidence": evidence}
        assert dean.post("record_receipt", charge.pk, data=line).status_code == 422
    assert not BankReceipt.objects.exists()
    charge.delete()
    Effect.objects.all().delete()
    world.pay(milestone)
    effects = Effect.objects.count()
    refund = dict.fromkeys(("amount", "reason", "reference"), odd)
    assert bursar.post("refund", *at, data=refund).status_code == 422
    assert not Refund.objects.exists()
    assert Effect.objects.count() == effects


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_contents_of_the_forms_about_papers(world: World, visit, odd) -> None:
    deal = world.agreed(1_000_000)
    world.seal(deal)
    milestone = Milestone.objects.get()
    dean, stranger = visit(world.dean), visit(world.buyer)
    notice = _notice(world, deal)
    pages = [
        (dean, ("registration", deal.pk), "number"),
        (dean, ("invoice", deal.pk, milestone.pk), "number"),
        (dean, ("add_policy", world.institution.slug), "title"),
        (stranger, ("notice", notice.pk), "text"),
    ]
    for client, args, field in pages:
        data = form_data(client.get(*args), containing=field)
        answered = answers(client, args, data, odd)
        assert set(answered) <= {200, 302, 409, 422}, (args, answered)
    assert not Invoice.objects.exists()
    assert not Registration.objects.exclude(state="preparing").exists()


def _notice(world: World, deal: Deal) -> PublicNotice:
    Deal.objects.filter(pk=deal.pk).update(stage="negotiating")
    notice = world.notice(deal)
    Deal.objects.filter(pk=deal.pk).update(stage="agreed")
    return notice


def test_odd_addresses_name_nothing(world: World, visit) -> None:
    deal = world.introduced()
    nothing = uuid.UUID(int=0)
    staff = visit(make_administrator())
    for client in (visit(world.dean), staff):
        for name, *args in (
            ("deal", nothing),
            ("agreement", nothing),
            ("document", deal.pk, nothing),
            ("sign", deal.pk, nothing),
            ("text", deal.pk, nothing),
            ("file", deal.pk, HUGE),
            ("room", nothing),
            ("task", deal.pk, HUGE),
            ("claim", deal.pk),
            ("end_claim", deal.pk, HUGE),
            ("prove", deal.pk, HUGE),
            ("check_cost", deal.pk, HUGE),
            ("decide_objection", deal.pk, HUGE),
            ("report_royalty", deal.pk, HUGE),
            ("bill", deal.pk, "user", HUGE),
            ("registration_pack", deal.pk, "pdf"),
            ("invoice", deal.pk, nothing),
            ("disburse", nothing),
            ("disbursement_evidence", nothing),
            ("policies", "nobody"),
            ("notice", nothing),
            ("pay", deal.pk, nothing),
            ("refund", deal.pk, nothing),
            ("statement", deal.pk, "user", HUGE),
            ("statement", deal.pk, "nonsense", 1),
            ("statement_csv", deal.pk, "organisation", HUGE),
            ("introduce", HUGE, HUGE),
            ("record_receipt", nothing),
            ("record_payout", "transfer", nothing),
            ("bank_entry", "receipts", nothing),
        ):
            assert client.get(name, *args).status_code in (302, 403, 404), (name, args)
    for address in ("/deals/x/", f"/deals/{deal.pk}x/", f"/deals/{deal.pk}/files/-1/"):
        assert visit(world.dean).client.get(address, follow=True).status_code == 404
    assert visit(world.dean).get("mine", stage="\x00", page="9" * 40).status_code == 200

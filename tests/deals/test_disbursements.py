"""Payouts that an institution passes on, with the tax that it withholds."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from brokers.deals import (
    disbursements,
)
from brokers.deals.models import (
    DisbursementProof,
    Milestone,
)
from brokers.payments.models import Transfer
from brokers.settlement.models import Disbursement, Payout
from tests.deals.factories import PDF, World, pdf
from tests.deals.typed import BAD_AMOUNTS, cny, upload
from tests.factories import make_administrator, make_user
from tests.pages import errors_at, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def passed(world: World) -> Payout:
    """A payout for the researcher that arrived at the institution."""
    world.agreed(1_000_000, team_via_institution=True)
    milestone = Milestone.objects.get()
    world.pay(milestone)
    world.settle(milestone)
    for transfer in Transfer.objects.filter(state=Transfer.State.BY_HAND):
        world.pay_by_hand(transfer)
    return Payout.objects.get(via=world.institution)


def slip(**changes: Any) -> dict[str, Any]:
    fields = {"withheld": cny(131_600), "disbursed_on": timezone.localdate(), "evidence": pdf()}
    return fields | changes


def test_disbursement_closes_a_payout_once(world: World, passed: Payout) -> None:
    for person in (world.researcher, world.buyer, world.broker, make_administrator()):
        with pytest.raises(PermissionDenied):
            disbursements.record(payout=passed, by=person, **slip())
    disbursements.record(payout=passed, by=world.bursar, **slip())
    with pytest.raises(ValidationError, match="recorded already"):
        disbursements.record(payout=passed, by=world.dean, **slip())
    row = Disbursement.objects.get()
    assert (row.withheld, row.evidence) == (
        cny(131_600),
        DisbursementProof.objects.get().file.sha256,
    )


def test_disbursement_page(world: World, passed: Payout, visit) -> None:
    bursar = visit(world.bursar)
    listed = text_of(bursar.get("disbursements"))
    assert "6,580.00" in listed
    assert "Record the payment" in listed
    for stranger in (world.researcher, world.buyer, make_user()):
        assert "6,580.00" not in text_of(visit(stranger).get("disbursements"))
        assert visit(stranger).get("disburse", passed.pk).status_code == 404
    data = {"withheld": "1316.00", "disbursed_on": str(timezone.localdate()), "evidence": upload()}
    assert bursar.post("disburse", passed.pk, data=data).status_code == 302
    again = data | {"evidence": upload()}
    assert bursar.post("disburse", passed.pk, data=again).status_code == 409
    assert "1,316.00" in text_of(bursar.get("disbursements"))
    for reader in (world.researcher, world.dean):
        answer = visit(reader).get("disbursement_evidence", passed.pk)
        assert b"".join(answer.streaming_content) == PDF
    for stranger in (world.engineer, world.broker, world.buyer):
        assert visit(stranger).get("disbursement_evidence", passed.pk).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"withheld": amount}, "withheld") for amount in BAD_AMOUNTS),
        ({"withheld": "6580.01"}, ""),
        ({"disbursed_on": "2999-01-01"}, "disbursed_on"),
        ({"disbursed_on": "2020-01-01"}, "disbursed_on"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": upload(b"MZ\x90")}, "evidence"),
    ],
)
def test_wrong_disbursement_changes_nothing(world, passed, visit, changes, field) -> None:
    data = {
        "withheld": "0",
        "disbursed_on": str(timezone.localdate()),
        "evidence": upload(),
        **changes,
    }
    response = visit(world.dean).post("disburse", passed.pk, data=data)
    assert response.status_code == 422
    assert errors_at(response, field) if field else "not above the payout" in text_of(response)
    assert not Disbursement.objects.exists()

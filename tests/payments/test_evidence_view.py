"""Evidence goes to those who keep the books, as a download, and every download is logged."""

import uuid

import pytest

from brokers.payments import bank_entries
from marketplace.audit import trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(make_user):
    return make_user("finance@example.org", finance=True)


@pytest.fixture
def receipt(make_charge, collector, line, finance):
    charge = make_charge(gateway="bank", collector=collector)
    return bank_entries.record_receipt(charge=charge, line=line(charge.money), recorded_by=finance)


def _url(entry, kind="receipts"):
    return f"/payments/{kind}/{getattr(entry, 'pk', entry)}/evidence/"


def test_finance_downloads_it(client, receipt, finance):
    client.force_login(finance)
    answer = client.get(_url(receipt))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert trail.history(receipt)[0].action == "bank_entry.read_evidence"


def test_others_are_denied_and_nothing_is_logged(client, receipt, make_user, payer):
    before = trail.history(receipt).count()
    for user in (None, make_user(), make_user(owner=payer)):
        if user:
            client.force_login(user)
        assert client.get(_url(receipt)).status_code == 403
    assert trail.history(receipt).count() == before


def test_what_does_not_exist_is_404(client, receipt, finance):
    client.force_login(finance)
    for url in (_url(uuid.uuid4()), _url(receipt, "payouts"), _url(receipt, "nope")):
        assert client.get(url, follow=True).status_code == 404
    assert client.post(_url(receipt)).status_code == 405

"""What the sample deals have on record: policies, the due-diligence record, notices, registrations."""

from typing import Any

from django.core.files.base import ContentFile

from brokers.deals import due_diligence, files, notices, registrations
from brokers.deals.models import Agreement, Deal, DealFile, PublicNotice
from brokers.deals.models.compliance import Rights
from brokers.settlement.models import Policy
from brokers.settlement.services import policies
from marketplace import money
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.demo import source
from marketplace.demo.people import person
from marketplace.files import uploads
from marketplace.files.uploads import Upload
from marketplace.money import Money, parse_basis_points

_RIGHTS = {"ownership": Rights.OWNERSHIP, "use_right": Rights.USE}


def load_policies() -> None:
    """Add the sample policies that are missing, in force from the day of the demo on."""
    for row in source.read("policies"):
        organisation = Organisation.objects.get(slug=row["organisation"])
        if not Policy.objects.filter(organisation=organisation).exists():
            policies.add(organisation=organisation, by=_owner(organisation), **_policy(row))


def _policy(row: dict[str, Any]) -> dict[str, Any]:
    tiers, start = [], 0
    for tier in row["team"]:
        end = money.parse(tier["up_to"], row["currency"]).amount if tier["up_to"] else None
        tiers.append([start, end, parse_basis_points(tier["percent"])])
        start = end or 0
    return {
        "title": row["title_zh"],
        "source": row["source_zh"],
        "effective_from": source.day(0),
        "currency": row["currency"],
        "office_fee": parse_basis_points(row["office_fee_percent"]),
        "floor": parse_basis_points(row["floor_percent"]),
        "brokerage_as_cost": row["brokerage_as_cost"],
        "team_tiers": tiers,
    }


def record(deal: Deal, row: dict[str, Any], *, by: User) -> None:
    """Store the record of `deal`, and put its name and price on notice, where `row` has them."""
    if row["public_notice"]:
        _publish(deal, row["public_notice"], by=by)
    approval, rights = row["internal_approval"], row["service_invention"] or {}
    if approval is None:
        return
    export = row["export_control"] or {}
    kind = _RIGHTS.get(rights.get("kind", ""), Rights.NONE)
    share = parse_basis_points(rights["team_share_percent"]) if kind == Rights.OWNERSHIP else None
    fields = {
        "pricing_mode": row["pricing_mode"],
        "approved_on": source.day(approval["day"]),
        "approval": approval["minutes_zh"],
        "related_parties": row["related_party"]["statement_zh"],
        "rights": kind,
        "rights_share": share,
        "rights_from": source.day(rights.get("starts")),
        "rights_until": source.day(rights.get("ends")),
        "foreign_party": export.get("foreign_party", False),
        "export_control": export.get("note_zh", ""),
    }
    minutes = text_file("minutes.txt", f"{approval['minutes_zh']} (sample)")
    due_diligence.record(deal=deal, fields=fields, by=by, minutes=minutes)


def _publish(deal: Deal, row: dict[str, Any], *, by: User) -> None:
    today, opens_on = source.day(0), source.day(row["starts"])
    if today is None or opens_on is None:
        raise ValueError(row)
    notice = notices.publish(
        deal=deal,
        subject=deal.result.title_zh or deal.result.title,
        amount=_price(row["price"]),
        basis=row["basis_zh"],
        closes_on=notices.earliest_end(today),
        by=by,
    )
    for objection in row["objections"]:
        entered = notices.object_to(notice=notice, text=objection["zh"], by=person(objection["by"]))
        if objection["decision_zh"]:
            notices.decide(
                objection=entered, state="rejected", decision=objection["decision_zh"], by=by
            )
    closes_on = source.day(row["starts"] + row["days"])
    PublicNotice.objects.filter(pk=notice.pk).update(opens_on=opens_on, closes_on=closes_on)


def register(agreement: Agreement, row: dict[str, Any] | None, *, by: User) -> None:
    """Add the sealed contract, and record how its registration stands where `row` says so."""
    if row is None or row["status"] == "not_registered":
        return
    files.add(
        deal=agreement.deal,
        upload=text_file("sealed-contract.txt", f"{agreement} (sample)"),
        kind=DealFile.Kind.SEALED_CONTRACT,
        title="盖章合同扫描件（示例）",
        by=by,
    )
    is_registered = row["status"] == "registered"
    registrations.record(
        agreement=agreement,
        by=by,
        state=row["status"],
        number=row["number"],
        registered_on=source.day(0) if is_registered else None,
        total=money.parse(row["total_amount"], agreement.currency),
        technology=money.parse(row["technology_amount"], agreement.currency),
        vat_exempt=is_registered and agreement.tax_treatment == "exempt",
    )


def text_file(name: str, body: str) -> Upload:
    """Return a small text as an upload."""
    return uploads.check(ContentFile(body.encode(), name=name))


def _price(text: str) -> Money:
    digits, _space, currency = text.partition(" ")
    return money.parse(digits, currency)


def _owner(organisation: Organisation) -> User:
    return organisation.memberships.filter(role=Membership.Role.OWNER)[0].user

"""What the registry of technology contracts (技术合同认定登记) asks about a signed contract."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from brokers.deals import versions
from brokers.deals.models import Agreement, DealFile
from brokers.deals.reading.compliance import registration_of
from marketplace import dates
from marketplace.accounts.models import Organisation
from marketplace.amounts import with_currency
from marketplace.money import Money


@dataclass(frozen=True)
class Item:
    """One field: its name in the data, its label, its value, and the value as people read it."""

    key: str
    label: str
    value: str
    shown: str

    @property
    def row(self) -> tuple[str, str, str]:
        return (self.label, self.shown, self.key)


def registration_pack(agreement: Agreement) -> list[Item]:
    """Return the fields of the pack in their order, labels and values in the reader's language."""
    return [*_contract(agreement), *_sides(agreement), *_amounts(agreement), *_registry(agreement)]


def _text(key: str, label: str, value: object) -> Item:
    return Item(key, label, str(value or ""), str(value or ""))


def _contract(agreement: Agreement) -> Iterator[Item]:
    deal = agreement.deal
    yield _text("contract_number", _("Number of the contract"), deal.reference)
    yield _text("contract_version", _("Version"), agreement.version)
    yield _text("contract_name", _("Subject of the contract"), agreement.subject)
    label = capfirst(agreement.get_contract_type_display())
    yield Item("contract_type", _("Type of contract"), agreement.contract_type, label)
    yield _text("result", _("Research result"), deal.result.title)
    if agreement.signed_at is not None:
        day = localdate(agreement.signed_at)
        yield Item("signed_on", _("Signed on"), day.isoformat(), dates.day(day))
    if agreement.document is not None:
        yield _text("text_sha256", _("SHA-256 of the signed text"), agreement.document.sha256)
    scan = deal.files.filter(kind=DealFile.Kind.SEALED_CONTRACT).select_related("file").last()
    if scan is not None:
        yield _text("scan_sha256", _("SHA-256 of the sealed scan"), scan.file.sha256)


def _sides(agreement: Agreement) -> Iterator[Item]:
    deal = agreement.deal
    sides = (
        ("seller", _("Seller"), deal.institution),
        ("buyer", _("Buyer"), deal.enterprise),
    )
    for key, label, organisation in sides:
        yield from _side(key, label, organisation)


def _side(key: str, label: str, organisation: Organisation) -> Iterator[Item]:
    yield _text(key, label, organisation.name)
    credit_code = _("%(side)s: unified social credit code") % {"side": label}
    yield _text(f"{key}_credit_code", credit_code, organisation.credit_code)
    region = organisation.region
    yield _text(f"{key}_region", _("%(side)s: region") % {"side": label}, region and region.name)


def _amounts(agreement: Agreement) -> Iterator[Item]:
    yield _money("price", _("Price of the contract"), versions.total(agreement))
    number = versions.contents(agreement).count()
    yield _text("payments", _("Number of payments"), number)
    treatment = capfirst(agreement.get_tax_treatment_display())
    yield Item("tax_treatment", _("Tax treatment"), agreement.tax_treatment, treatment)


def _registry(agreement: Agreement) -> Iterator[Item]:
    registration = registration_of(agreement)
    if registration is None:
        return
    state = capfirst(registration.get_state_display())
    yield Item("registration_state", _("Registration"), registration.state, state)
    yield _text("registration_number", _("Number of the registration"), registration.number)
    if registration.total is not None:
        yield _money("total_amount", _("Contract amount"), registration.total)
    if registration.technology is not None:
        yield _money("technology_amount", _("Technology amount"), registration.technology)


def _money(key: str, label: str, amount: Money) -> Item:
    return Item(key, label, f"{amount.digits} {amount.currency}", with_currency(amount))

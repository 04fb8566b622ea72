"""Follow the registration of a signed technology contract (技术合同认定登记) with its authority.

Invariant: it is registered with number, day, contract amount and technology amount, of which the second
is never above the first and the first never above what was agreed; VAT is exempt only once it is.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import files, progress, taxes, versions
from brokers.deals.models import Agreement, Deal, DealFile, Registration, TaxTreatment
from marketplace.accounts.models import User
from marketplace.accounts.permissions import require
from marketplace.files import uploads
from marketplace.money import Money

State = Registration.State


@transaction.atomic
def record(
    *,
    agreement: Agreement,
    by: User,
    state: str,
    number: str = "",
    registered_on: date | None = None,
    total: Money | None = None,
    technology: Money | None = None,
    vat_exempt: bool = False,
    certificate: uploads.Upload | None = None,
) -> Registration:
    """Record how the registration of `agreement` stands.

    Raises `PermissionDenied`, and `ValidationError` at the fields that are missing or contradict each
    other, and for an agreement that is not signed.
    """
    deal = Deal.objects.select_for_update().get(pk=agreement.deal_id)
    require(by, "registration:record", deal)
    agreement = Agreement.objects.get(pk=agreement.pk)
    if not agreement.is_binding:
        raise ValidationError(_("A contract is registered once it is signed."))
    found = Registration.objects.filter(agreement=agreement).first()
    found = found or Registration(agreement=agreement)
    found.state, found.number, found.registered_on = state, number, registered_on
    found.total_amount = total.amount if total else None
    found.technology_amount = technology.amount if technology else None
    found.currency, found.vat_exempt, found.recorded_by = agreement.currency, vat_exempt, by
    if problems := _problems(found, deal):
        raise ValidationError(problems)
    found.full_clean(exclude=["certificate"])
    if certificate is not None:
        kind = DealFile.Kind.EVIDENCE
        title = _("Registration certificate")
        found.certificate = files.add(deal=deal, upload=certificate, kind=kind, title=title, by=by)
    found.save()
    progress.record(deal=deal, kind=f"registration_{state}", actor=by)
    return found


def _problems(registration: Registration, deal: Deal) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    agreement = registration.agreement
    if registration.state != State.PREPARING and not _is_sealed(deal):
        problems["state"] = _("Add the scan of the sealed contract to the files first.")
    if registration.is_registered:
        problems |= _missing(registration)
    day = registration.registered_on
    if day is not None and day > timezone.localdate():
        problems["registered_on"] = _("This day is in the future.")
    total, technology = registration.total, registration.technology
    if total is not None and total > versions.total(agreement):
        problems["total"] = _("This is above the price of the contract.")
    if total is not None and technology is not None and technology > total:
        problems["technology"] = _("The technology amount is not above the contract amount.")
    if registration.vat_exempt and (refusal := _no_exemption(registration)):
        problems["vat_exempt"] = refusal
    return problems


def _is_sealed(deal: Deal) -> bool:
    return deal.files.filter(kind=DealFile.Kind.SEALED_CONTRACT).exists()


def _missing(registration: Registration) -> dict[str, str]:
    values = {
        "number": registration.number,
        "registered_on": registration.registered_on,
        "total": registration.total,
        "technology": registration.technology,
    }
    return {
        name: _("A registered contract has this.")
        for name, value in values.items()
        if value in (None, "")
    }


def _no_exemption(registration: Registration) -> str:
    """Return why this contract is not exempt from VAT, nothing where it may be."""
    agreement = registration.agreement
    if not registration.is_registered:
        return _("Exempt from VAT is only a contract that is registered.")
    if agreement.tax_treatment != TaxTreatment.EXEMPT:
        return _("The parties agreed on a tax rate, not on an exemption.")
    on = registration.registered_on or timezone.localdate()
    if taxes.exemption(contract_type=agreement.contract_type, on=on) is None:
        return _("Contracts of this type are not exempt from VAT.")
    return ""

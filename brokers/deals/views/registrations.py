"""The registration of a signed contract: record how it stands, and download the pack for it."""

import json
import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals import registrations, sections, versions
from brokers.deals.forms.registration import RegistrationForm
from brokers.deals.models import Agreement, Deal
from brokers.deals.papers.registration import registration_paper
from brokers.deals.reading.compliance import registration_of
from brokers.deals.reading.registration_pack import registration_pack
from brokers.deals.views.answers import FormPage, answer, file_response, pdf_response, posted
from brokers.deals.views.lookup import own_deal
from marketplace.listings.views.lookup import signed_in
from marketplace.spreadsheets import csv_text


@login_required
def record(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    deal = own_deal(request, pk, "registration:record")
    agreement = _signed(deal)
    page = FormPage(
        title=_("Registration of the contract"),
        button=_("Save"),
        template="deals/registration.html",
        context={"deal": deal, "agreement": agreement},
        done=_("The registration has been saved."),
        then=sections.address(deal.pk, "registration"),
    )
    form = RegistrationForm(
        *posted(request), currency=agreement.currency, registration=registration_of(agreement)
    )
    by = signed_in(request)
    return answer(request, form, page, registrations.record, agreement=agreement, by=by)


@login_required
@require_safe
@never_cache
def pack(request: HttpRequest, pk: uuid.UUID, form: str) -> HttpResponse:
    """Send what the registry asks about the contract, as PDF or as data (JSON, CSV)."""
    deal = own_deal(request, pk)
    agreement = _signed(deal)
    name = f"{deal.reference}-registration.{form}"
    if form == "pdf":
        return pdf_response(registration_paper(agreement), name)
    items = registration_pack(agreement)
    if form == "json":
        data = {item.key: item.value for item in items}
        text = json.dumps(data, ensure_ascii=False, indent=2)
        return file_response(text.encode(), name, "application/json; charset=utf-8")
    rows = [(_("Field"), _("Value"), _("Name in the data")), *(i.row for i in items)]
    return file_response(csv_text(rows).encode(), name, "text/csv; charset=utf-8")


def _signed(deal: Deal) -> Agreement:
    agreement = versions.in_force(deal)
    if agreement is None:
        raise Http404
    return agreement

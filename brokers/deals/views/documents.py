"""Read a document of a deal, download it, sign it; draw up the confidentiality agreement."""

import uuid
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import documents
from brokers.deals.forms.steps import SigningForm
from brokers.deals.guards import unsigned_parties
from brokers.deals.models import Deal, Document
from brokers.deals.reading.documents import document_line
from brokers.deals.reading.readers import Reader
from brokers.deals.sections import Section
from brokers.deals.views.answers import REFUSALS, attempt, file_response, form_status, posted, texts
from brokers.deals.views.lookup import known_deal, own_deal
from brokers.deals.views.sections import section_page
from marketplace.audit import trail
from marketplace.listings.views.lookup import signed_in


@login_required
@require_POST
def draw_up_nda(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = own_deal(request, pk, "deal:draft")
    try:
        document = documents.draw_up_nda(deal=found, author=signed_in(request))
    except REFUSALS as refusal:
        return section_page(request, found, Section.OVERVIEW, problems=texts(refusal), status=422)
    return redirect("deals:document", found.pk, document.pk)


@login_required
@require_safe
def document(request: HttpRequest, pk: uuid.UUID, document: uuid.UUID) -> HttpResponse:
    deal = known_deal(request, pk)
    found = _document(request, deal, document)
    context = {"deal": deal, **document_line(found, Reader.of(request.user, deal))}
    return render(request, "deals/document.html", context)


@login_required
@require_safe
@never_cache
def text(request: HttpRequest, pk: uuid.UUID, document: uuid.UUID) -> HttpResponse:
    """Download the exact text whose hash the signatures name; it is logged as files are."""
    deal = known_deal(request, pk)
    found = _document(request, deal, document)
    trail.record(actor=request.user, action="deal.download", target=deal, document=str(found.pk))
    name = f"{found.deal.reference}-{found.kind}-{found.version}.txt"
    return file_response(found.text.encode(), name, "text/plain; charset=utf-8")


@login_required
@reauthentication_required
@never_cache
def sign(request: HttpRequest, pk: uuid.UUID, document: uuid.UUID) -> HttpResponse:
    """Show the exact text to who has just proven to be it, and sign it on POST."""
    deal = known_deal(request, pk)
    found = _document(request, deal, document)
    reader = Reader.of(request.user, deal)
    line = document_line(found, reader)
    if not line["signs"] and request.method != "POST":
        return redirect("deals:document", deal.pk, found.pk)
    form = _signing_form(request, found, reader)
    if request.method == "POST" and form.is_valid() and _sign(request, form, found, reader):
        messages.success(request, _("You have signed. Your signature stands with the document."))
        return redirect(deal)
    context = {"deal": deal, "form": form, **line}
    return render(request, "deals/sign.html", context, status=form_status(form))


def _signing_form(request: HttpRequest, found: Document, reader: Reader) -> SigningForm:
    """Return the form for the parties of the reader that still sign this document.

    A second click may name a party that has signed already: that changes nothing and is no mistake.
    """
    unsigned = unsigned_parties(found)
    signed = {signature.party_id for signature in found.signatures.all()}
    is_sent = request.method == "POST"
    parties = [p for p in reader.signing if p in unsigned or (is_sent and p.pk in signed)]
    first = next((party.pk for party in parties if party in unsigned), None)
    return SigningForm(
        posted(request)[0],
        parties=parties,
        names={party.pk: reader.name(party) for party in parties},
        initial={"sha256": found.sha256, "party": first},
    )


def _sign(request: HttpRequest, form: SigningForm, found: Document, reader: Reader) -> bool:
    chosen: dict[str, Any] = form.cleaned_data
    return attempt(
        form,
        documents.sign,
        document=found,
        party=next(party for party in reader.signing if party.pk == chosen["party"]),
        signer=signed_in(request),
        sha256=chosen["sha256"],
        address=get_adapter().get_client_ip(request),
        user_agent=request.headers.get("User-Agent", ""),
    )


def _document(request: HttpRequest, deal: Deal, pk: uuid.UUID) -> Document:
    """Return a document of `deal` that the reader may read. Raises `Http404`."""
    documents = deal.documents.select_related("agreement").prefetch_related(
        "signatures__user", "signatures__party__organisation", "signatures__party__user"
    )
    found: Document = get_object_or_404(documents, pk=pk)
    found.deal = deal
    if not request.user.has_perm("document:read", found):
        raise Http404
    return found

"""What each party gets of a deal, down to the rows of the ledger; to read, print and download."""

import uuid

import rules
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals import files
from brokers.deals.models import Deal, DealFile
from brokers.deals.reading.ledger_rows import entries_of, ledger_rows
from brokers.deals.reading.payees import payees_of
from brokers.deals.reading.split import evidence_links
from brokers.deals.reading.statement import party_statement
from brokers.deals.reading.statement_csv import statement_csv
from brokers.deals.reading.statement_pdf import statement_pdf
from brokers.deals.views.answers import csv_response, pdf_response
from brokers.deals.views.lookup import own_deal
from brokers.settlement.plan import Payee, PayeeKind

ROWS_PER_PAGE = 100


@login_required
@require_safe
@never_cache
def statement(request: HttpRequest, pk: uuid.UUID, kind: str, number: int) -> HttpResponse:
    deal, payee = _owned(request, pk, kind, number)
    found = party_statement(deal.pk, payee)
    context = {
        "deal": deal,
        "payee": payee,
        "name": found.name,
        "pages": found.pages,
        "evidence": evidence_links(files.readable(deal, request.user)),
        "may_read_deal": request.user.has_perm("deal:read", deal),
    }
    return render(request, "deals/statement.html", context)


@login_required
@require_safe
@never_cache
def download(request: HttpRequest, pk: uuid.UUID, kind: str, number: int) -> HttpResponse:
    """Send the statement as a table for a spreadsheet."""
    deal, payee = _owned(request, pk, kind, number)
    name = f"{deal.reference}-{payee.key.replace(':', '-')}.csv"
    return csv_response(statement_csv(party_statement(deal.pk, payee).pages), name)


@login_required
@require_safe
@never_cache
def paper(request: HttpRequest, pk: uuid.UUID, kind: str, number: int) -> HttpResponse:
    """Send the statement as a PDF in the reader's language."""
    deal, payee = _owned(request, pk, kind, number)
    common = deal.files.filter(tier=DealFile.Tier.PARTIES).select_related("file")
    content = statement_pdf(deal, party_statement(deal.pk, payee), common)
    return pdf_response(content, f"{deal.reference}-{payee.key.replace(':', '-')}.pdf")


@login_required
@require_safe
def ledger(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """List all rows in the books of a deal."""
    deal = own_deal(request, pk)
    page = Paginator(entries_of(deal.pk), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"deal": deal, "page": page, "rows": ledger_rows(page)}
    return render(request, "deals/ledger.html", context)


def _owned(request: HttpRequest, pk: uuid.UUID, kind: str, number: int) -> tuple[Deal, Payee]:
    """Return the deal and the payee whose statement the reader may read. Raises `Http404`."""
    deals = Deal.objects.select_related("result", "need").prefetch_related("parties")
    deal = get_object_or_404(deals, pk=pk)
    if kind not in PayeeKind.values:
        raise Http404
    payee = Payee(PayeeKind(kind), number)
    if payee not in payees_of(deal) or not rules.has_perm("statement:read", request.user, payee):
        raise Http404
    return deal, payee

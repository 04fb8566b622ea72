"""The due-diligence record of a deal: fill it in, and export it as one paper."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals import due_diligence, sections
from brokers.deals.forms.due_diligence import DueDiligenceForm
from brokers.deals.models import Deal
from brokers.deals.papers.due_diligence import due_diligence_paper
from brokers.deals.views.answers import FormPage, answer, pdf_response, posted
from brokers.deals.views.lookup import own_deal


@login_required
def record(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    deal = own_deal(request, pk, "deal:record_due_diligence")
    form = DueDiligenceForm(*posted(request), instance=getattr(deal, "due_diligence", None))
    page = FormPage(
        title=_("Due-diligence record"),
        button=_("Save the record"),
        template="deals/due_diligence.html",
        context={"deal": deal},
        done=_("The due-diligence record has been saved."),
        then=sections.address(deal.pk, "due-diligence"),
    )
    return answer(request, form, page, _record, deal=deal, by=request.user)


def _record(*, deal: Deal, by: Any, upload: Any, **fields: Any) -> None:
    due_diligence.record(deal=deal, fields=fields, by=by, minutes=upload)


@login_required
@require_safe
@never_cache
def export(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Send all that is on record about the deal as one PDF."""
    deal = own_deal(request, pk, "deal:export_record")
    paper = due_diligence_paper(deal, request.user)
    return pdf_response(paper, f"{deal.reference}-due-diligence.pdf")

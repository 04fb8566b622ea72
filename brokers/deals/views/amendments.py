"""What becomes of an amendment: compare it with what it amends, withdraw, decline, put into force."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import amendments, comparison, sections, versions
from brokers.deals.forms.steps import DeclineForm
from brokers.deals.guards import unsigned_parties
from brokers.deals.models import Agreement, Deal
from brokers.deals.reading.amendment import version_lines
from brokers.deals.reading.readers import Reader
from brokers.deals.sections import Section
from brokers.deals.views.answers import REFUSALS, FormPage, answer, posted, status, texts
from brokers.deals.views.lookup import known_deal, own_deal
from brokers.deals.views.sections import section_page
from marketplace.listings.views.lookup import signed_in


@login_required
@require_safe
def compare(request: HttpRequest, pk: uuid.UUID, version: int) -> HttpResponse:
    """Show what a version says otherwise than the one that it amends."""
    deal = own_deal(request, pk)
    shown = (Agreement.State.SUPERSEDED,)
    found = next((a for a in deal.agreements.all() if a.version == version), None)
    base = comparison.amended_by(found) if found and found.state not in shown else None
    if found is None or base is None:
        raise Http404
    context = {
        "deal": deal,
        "agreement": found,
        "base": base,
        "differences": comparison.differences(base, found),
        "kept": versions.contents(found).exclude(agreement=found).select_related("agreement"),
        "versions": version_lines(deal),
    }
    return render(request, "deals/compare.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    done = _("The amendment is withdrawn. The version in force stays in force.")
    return _carried_out(request, pk, amendments.withdraw, done)


@login_required
@require_POST
def put_into_force(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _carried_out(request, pk, amendments.put_into_force, _("The amendment is in force."))


@login_required
def decline(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decline the amendment for a party that has not signed it, with a reason."""
    deal = known_deal(request, pk)
    found = _amendment(deal)
    reader = Reader.of(request.user, deal)
    text = next((d for d in deal.documents.all() if d.pk == found.document_id), None)
    able = [p for p in unsigned_parties(text) if p in reader.signing] if text else []
    if not able:
        raise Http404
    page = FormPage(
        title=_("Decline the amendment"),
        button=_("Decline it"),
        done=_("Declined. Those who draft can change the amendment, or withdraw it."),
        then=deal.get_absolute_url(),
        context={"deal": deal},
    )
    form = DeclineForm(posted(request)[0])
    by = signed_in(request)
    service = amendments.decline
    return answer(request, form, page, service, agreement=found, party=able[0], by=by)


def _amendment(deal: Deal) -> Agreement:
    found = versions.amendment(deal)
    if found is None:
        raise Http404
    return found


def _carried_out(
    request: HttpRequest, pk: uuid.UUID, service: Callable[..., None], done: str
) -> HttpResponse:
    """Do what only who drafts may do with the amendment, and say so; refused, the page says why."""
    deal = own_deal(request, pk, "deal:draft")
    try:
        service(agreement=_amendment(deal), by=signed_in(request))
    except REFUSALS as refusal:
        fresh = own_deal(request, pk)
        return section_page(
            request, fresh, Section.PAPERS, problems=texts(refusal), status=status(refusal)
        )
    messages.success(request, done)
    return redirect(sections.address(deal.pk, "documents"))

"""Draft the agreement of a deal, look at the split that it makes, and propose it for signature."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from brokers.deals import agreements, sections, versions
from brokers.deals.forms.agreement import AgreementForm
from brokers.deals.models import Agreement, Deal
from brokers.deals.stages import Stage
from brokers.deals.views.answers import REFUSALS, add_refusal
from brokers.deals.views.lookup import own_deal
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in

ADD = "add-"


@login_required
def agreement(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the form of the draft, and do what the pressed button says: add, recalculate, save, propose.

    While a deal is performed it drafts an amendment. Else, outside the negotiation, what there is to see
    is the document.
    """
    deal = own_deal(request, pk)
    amends = agreements.is_amended(deal)
    current = versions.pending(deal) if amends else versions.current(deal)
    may_amend = amends and request.user.has_perm("deal:draft", deal)
    if deal.stage != Stage.NEGOTIATING and not may_amend and request.method != "POST":
        return _signed(deal, versions.current(deal))
    require(request.user, "deal:draft", deal)
    if request.method != "POST":
        form = AgreementForm(deal=deal, agreement=current)
        return _page(request, form, current)
    return _press(request, deal, current)


def _press(request: HttpRequest, deal: Deal, current: Agreement | None) -> HttpResponse:
    action = request.POST.get("action", "save")
    if action.startswith(ADD):
        row = action.removeprefix(ADD)
        form = AgreementForm(request.POST, deal=deal, agreement=current, add_row=row)
        form.forgive()
        return _page(request, form, current, anchor=row)
    form = AgreementForm(request.POST, deal=deal, agreement=current)
    if not form.is_valid():
        return _page(request, form, current, status=200 if action == "recalculate" else 422)
    if action == "recalculate":
        form.may_be_proposed()
        return _page(request, form, current)
    return _keep(request, form, current, is_final=action == "propose")


def _keep(
    request: HttpRequest, form: AgreementForm, current: Agreement | None, *, is_final: bool
) -> HttpResponse:
    """Save the draft, or propose it where `is_final`."""
    if form.is_outdated():
        return _page(request, form, current, status=409)
    if is_final and not form.may_be_proposed():
        return _page(request, form, current, status=422)
    service = agreements.propose_draft if is_final else agreements.save_draft
    try:
        service(
            deal=form.deal,
            terms=form.agreement_terms,
            milestones=form.milestone_terms,
            royalties=form.royalty_terms,
            kept=[milestone.pk for milestone in form.kept],
            author=signed_in(request),
        )
    except REFUSALS as refusal:
        add_refusal(form.terms, refusal)
        return _page(request, form, current, status=422)
    if is_final:
        messages.success(request, _("Proposed. All parties can read and sign it now."))
        return redirect(sections.address(form.deal.pk, "documents"))
    messages.success(request, _("The draft has been saved. The other parties see it, too."))
    return redirect("deals:agreement", form.deal.pk)


def _signed(deal: Deal, current: Agreement | None) -> HttpResponse:
    if current is None or current.document_id is None:
        return redirect(deal)
    return redirect("deals:document", deal.pk, current.document_id)


def _page(
    request: HttpRequest,
    form: AgreementForm,
    current: Agreement | None,
    *,
    status: int = 200,
    anchor: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "deal": form.deal,
        "form": form,
        "agreement": current,
        "is_out": current is not None and current.state != Agreement.State.DRAFT,
        "preview": form.preview(),
        "anchor": anchor,
    }
    return render(request, "deals/agreement.html", context, status=status)

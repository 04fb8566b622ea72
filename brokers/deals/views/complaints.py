"""Complaints: open one, read it, say one's side, withdraw it, decide it; the administrators' list."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import BaseForm, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import complaints, sections
from brokers.deals.forms.complaints import ComplaintForm, DecisionForm, StatementForm
from brokers.deals.models import Complaint
from brokers.deals.reading import complaints as reading
from brokers.deals.reading.readers import Reader
from brokers.deals.views.answers import FormPage, answer, attempt, form_status, posted
from brokers.deals.views.lookup import own_deal
from marketplace.accounts.permissions import is_administrator, require
from marketplace.audit import trail
from marketplace.files.serving import attachment_response

PER_PAGE = 50


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """List all complaints for the administrators, those that wait longest first."""
    if not is_administrator(request.user):
        raise Http404
    page = Paginator(reading.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deals/complaints.html", {"page": page})


@login_required
@never_cache
def open_(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a complaint for the reader's party."""
    deal = own_deal(request, pk, "complaint:open")
    reader = Reader.of(request.user, deal)
    page = FormPage(
        title=_("Open a complaint"),
        button=_("Open the complaint"),
        template="deals/complaint_form.html",
        context={"deal": deal},
        done=_("The complaint is open. The other side is asked for its answer."),
        then=sections.address(deal.pk, "complaints"),
    )
    form = ComplaintForm(
        *posted(request),
        milestones=reading.complainable(deal),
        parties=reading.others(reader),
    )
    return answer(request, form, page, complaints.open_, deal=deal, by=request.user)


@login_required
@require_safe
@never_cache
def complaint(request: HttpRequest, pk: uuid.UUID, complaint: uuid.UUID) -> HttpResponse:
    return _page(request, _own(request, pk, complaint))


@login_required
@require_POST
def say(request: HttpRequest, pk: uuid.UUID, complaint: uuid.UUID) -> HttpResponse:
    """Add a statement of the reader's side."""
    found = _own(request, pk, complaint, "complaint:answer")
    form = StatementForm(*posted(request))
    if _done(form, complaints.answer, complaint=found, by=request.user):
        messages.success(request, _("Your statement has been added."))
        return redirect(found)
    return _page(request, found, status=form_status(form), statement_form=form)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID, complaint: uuid.UUID) -> HttpResponse:
    found = _own(request, pk, complaint, "complaint:withdraw")
    form = Form(data={})
    if _done(form, complaints.withdraw, complaint=found, by=request.user):
        messages.success(request, _("The complaint is withdrawn."))
        return redirect(found)
    return _page(request, found, status=form_status(form), problems=form.non_field_errors())


@login_required
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID, complaint: uuid.UUID) -> HttpResponse:
    found = _own(request, pk, complaint, "complaint:decide")
    form = DecisionForm(request.POST, left=reading.left_of(found), may_end=found.holds_money)
    if _done(form, complaints.decide, complaint=found, by=request.user):
        messages.success(request, _("The complaint is decided. Both sides are told."))
        return redirect(found)
    return _page(request, found, status=form_status(form), decision_form=form)


@login_required
@require_safe
@never_cache
def evidence(
    request: HttpRequest, pk: uuid.UUID, complaint: uuid.UUID, statement: int
) -> HttpResponseBase:
    """Download the evidence of a statement; each download is logged."""
    found = _own(request, pk, complaint)
    said = get_object_or_404(
        found.statements.select_related("file"), pk=statement, file__isnull=False
    )
    if said.file is None:
        raise Http404
    response = attachment_response(said.file)
    trail.record(
        actor=request.user, action="complaint.download", target=found.deal, file=str(said.file.pk)
    )
    return response


def _own(
    request: HttpRequest, pk: uuid.UUID, number: uuid.UUID, permission: str = "complaint:read"
) -> Complaint:
    """Return the complaint if the reader may read it. Raises `Http404`, `PermissionDenied`."""
    deal = own_deal(request, pk)
    found: Complaint = get_object_or_404(
        deal.complaints.select_related("milestone", "by_party", "against", "decided_by"), pk=number
    )
    found.deal = deal
    if not request.user.has_perm("complaint:read", found):
        raise Http404
    require(request.user, permission, found)
    return found


def _done(form: BaseForm, service: Callable[..., object], **arguments: Any) -> bool:
    """Call `service` with what was typed, if that is whole; say whether it did it."""
    return form.is_valid() and attempt(form, service, **arguments, **form.cleaned_data)


def _page(
    request: HttpRequest, found: Complaint, *, status: int = 200, **forms: Any
) -> HttpResponse:
    reader = Reader.of(request.user, found.deal)
    is_open = found.state == Complaint.State.OPEN
    left = reading.left_of(found)
    context = {
        "deal": found.deal,
        "complaint": found,
        "facts": reading.facts(found, reader),
        "said": reading.said(found, reader),
        "left": left,
        "may_answer": is_open and request.user.has_perm("complaint:answer", found),
        "may_withdraw": is_open and request.user.has_perm("complaint:withdraw", found),
        "may_decide": is_open and request.user.has_perm("complaint:decide", found),
        "statement_form": StatementForm(),
        "decision_form": DecisionForm(left=left, may_end=found.holds_money),
        **forms,
    }
    return render(request, "deals/complaint.html", context, status=status)

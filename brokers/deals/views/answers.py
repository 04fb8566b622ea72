"""How the refusal of a service becomes an answer: at the field, in words, with the right status.

422 for what is wrong, 409 for what has changed meanwhile, 503 where a payment service does not answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from brokers.payments.gateway import OutcomeUnknown
from brokers.settlement.errors import SettlementError
from brokers.settlement.messages import error_text, problem_text
from brokers.settlement.plan_rules import PlanError


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A page with one form and one `button`; what is said, and shown `then`, once it is `done`."""

    title: str
    button: str
    done: str
    then: str
    context: dict[str, Any]
    template: str = "deals/step.html"


REFUSALS = (ValidationError, SettlementError, PlanError, OutcomeUnknown)
AMOUNT_CODES = {"zero", "too_much", "currency"}
STALE_CODES = {"stale", "other_open", "paid", "not_open", "decided", "once", "changed"}


def answer(
    request: HttpRequest,
    form: BaseForm,
    page: FormPage,
    service: Callable[..., Any],
    **arguments: Any,
) -> HttpResponse:
    """Show `form`; when it comes back without error call `service` with what was typed, and go on."""
    is_done = (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, service, **arguments, **form.cleaned_data)
    )
    if is_done:
        messages.success(request, page.done)
        return redirect(page.then)
    context = {**page.context, "page": page, "form": form}
    return render(request, page.template, context, status=form_status(form))


def file_response(content: bytes | str, name: str, content_type: str) -> HttpResponse:
    """Send `content` as a file to keep."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=disposition)


def csv_response(content: str, name: str) -> HttpResponse:
    """Send a table for a spreadsheet."""
    return file_response(content, name, "text/csv; charset=utf-8")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Send a paper as a file to keep."""
    return file_response(content, name, "application/pdf")


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """Return what was posted, None where nothing was: an empty POST is a POST all the same."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def attempt(
    form: BaseForm,
    service: Callable[..., Any],
    **arguments: Any,
) -> bool:
    """Call `service` and say whether it did it; a refusal is added to `form`."""
    try:
        service(**arguments)
    except REFUSALS as refusal:
        add_refusal(form, refusal)
        return False
    return True


def add_refusal(form: BaseForm, refusal: Exception) -> None:
    """Add why a service refused to `form`: at the fields that it names or that its code is about."""
    if isinstance(refusal, ValidationError) and hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    elif isinstance(refusal, ValidationError):
        for error in refusal.error_list:
            field = "amount" if error.code in AMOUNT_CODES else None
            form.add_error(field if field in form.fields else None, error)
    else:
        for text in texts(refusal):
            form.add_error(None, text)


def texts(refusal: Exception) -> list[str]:
    """Return why a service refused, in the reader's language."""
    if isinstance(refusal, ValidationError):
        return refusal.messages
    if isinstance(refusal, SettlementError):
        return [error_text(refusal)]
    if isinstance(refusal, PlanError):
        return [problem_text(problem) for problem in refusal.problems]
    return [_("The payment service does not answer. Nothing was changed; try again in a moment.")]


def status(refusal: Exception) -> int:
    """Return the status that `refusal` is answered with."""
    if isinstance(refusal, OutcomeUnknown):
        return 503
    codes = {error.code for error in getattr(refusal, "error_list", [])}
    return 409 if codes & STALE_CODES else 422


def form_status(form: BaseForm) -> int:
    """Return the status for a page that shows `form`: 200 as long as nothing is wrong."""
    if not form.is_bound or not form.errors:
        return 200
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return 409 if codes & STALE_CODES else 422

"""Say what a line of a bank statement is: enter it, explain it, or open it again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import payouts
from brokers.deals.forms.bank import ExplanationForm, LineForm
from brokers.deals.reading.bank import candidates
from brokers.deals.reading.bank import statements as reading
from brokers.deals.views.answers import attempt, form_status
from brokers.payments.models import Clearing, StatementLine, Transfer
from brokers.payments.statements import clearing
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in


@login_required
@require_safe
@never_cache
def line(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _line(request, pk, "bank_statement:read"))


@login_required
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the line as what was expected, paid, or came back."""
    found = _line(request, pk, "bank_statement:clear")
    choices = candidates.of(found)
    form = LineForm(request.POST, candidates=choices.words)
    done = form.is_valid() and attempt(
        form,
        _enter,
        line=found,
        subject=choices.subjects[form.cleaned_data["subject"]],
        by=signed_in(request),
    )
    if not done:
        return _page(request, found, enter_form=form)
    messages.success(request, _("Recorded. A second person confirms it."))
    return redirect("deals:bank_statement", found.statement_id)


@login_required
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what is left of the line concerns nothing in the books."""
    found = _line(request, pk, "bank_statement:clear")
    form = ExplanationForm(request.POST)
    by = signed_in(request)
    if form.is_valid() and attempt(form, clearing.explain, line=found, by=by, **form.cleaned_data):
        messages.success(request, _("The line is explained."))
        return redirect("deals:bank_statement", found.statement_id)
    return _page(request, found, explain_form=form)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int, cleared: int) -> HttpResponse:
    """Take an explanation back."""
    found = _line(request, pk, "bank_statement:clear")
    explained = get_object_or_404(Clearing, pk=cleared, line=found, withdrawn_at=None)
    clearing.take_back(clearing=explained, by=signed_in(request))
    messages.success(request, _("The line is open again."))
    return redirect("deals:bank_line", found.pk)


def _enter(*, line: StatementLine, subject: Any, by: Any) -> None:
    if isinstance(subject, Transfer) and line.amount > 0:
        payouts.require_returnable(subject)
    clearing.enter(line=line, subject=subject, by=by)


def _line(request: HttpRequest, pk: int, permission: str) -> StatementLine:
    found: StatementLine = get_object_or_404(reading.lines_of(request.user), pk=pk)
    require(request.user, permission, found.account)
    return found


def _page(
    request: HttpRequest,
    found: StatementLine,
    *,
    enter_form: LineForm | None = None,
    explain_form: ExplanationForm | None = None,
) -> HttpResponse:
    choices = candidates.of(found)
    finding = {found.pk: choices.finding} if choices.finding else {}
    (row,) = reading.rows([found], finding)
    context = {
        "line": found,
        "row": row,
        "choices": choices.words,
        "enter_form": enter_form or LineForm(candidates=choices.words),
        "explain_form": explain_form or ExplanationForm(),
        "cleared": [(one, reading.explanation(one)) for one in found.cleared_as],  # type: ignore[attr-defined]
    }
    wrong = enter_form or explain_form
    return render(
        request, "deals/bank/line.html", context, status=form_status(wrong) if wrong else 200
    )

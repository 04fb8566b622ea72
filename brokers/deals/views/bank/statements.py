"""Import bank statements, look at them, and confirm what others entered from them."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals.forms.bank import LayoutForm, StatementForm
from brokers.deals.reading.bank import statements as reading
from brokers.deals.reading.bank.accounts import collector_accounts
from brokers.deals.views.answers import posted
from brokers.deals.views.lookup import require_keeper
from brokers.payments.models import BankStatement, PayoutAccount
from brokers.payments.statements import clearing, importing, sheet
from brokers.payments.statements.columns import complete
from brokers.payments.statements.sheet import Sheet
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in

PER_PAGE = 50


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """List the statements that were imported."""
    require_keeper(request)
    page = Paginator(reading.statements(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deals/bank/statements.html", {"page": page})


@login_required
@never_cache
def take_in(request: HttpRequest) -> HttpResponse:
    """Import a statement; where its columns are not known, ask which is which."""
    require_keeper(request)
    accounts = collector_accounts(request.user)
    form = StatementForm(*posted(request), accounts=accounts)
    layout: LayoutForm | None = None
    problems: list[Any] = []
    if form.is_bound and form.is_valid():
        account = form.cleaned_data["account"]
        require(request.user, "bank_statement:import", account)
        try:
            table = sheet.read(form.cleaned_data["upload"].content)
            layout = _layout_form(request, account, table)
            statement = _import(request, form, layout, table)
        except importing.BadRows as bad:
            problems = list(bad.problems)
            form.add_error("upload", bad.messages)
        except ValidationError as refusal:
            form.add_error("upload", refusal)
        else:
            if statement is not None:
                return redirect("deals:bank_statement", statement.pk)
    context = {"form": form, "layout": layout, "problems": problems, "accounts": accounts}
    status = 422 if form.is_bound else 200
    return render(request, "deals/bank/import.html", context, status=status)


@login_required
@require_safe
@never_cache
def statement(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the lines of a statement: those that are open, or all of them."""
    found = _statement(request, pk)
    lines = reading.lines_of(request.user).filter(statement=found)
    is_open = [line for line in lines if clearing.left(line)]
    chosen = lines if request.GET.get("lines") == "all" else is_open
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "statement": found,
        "page": page,
        "rows": reading.rows(page, clearing.findings(found.account, found.currency)),
        "shows_all": chosen is lines,
        "open_count": len(is_open),
        "waiting": reading.waiting(found, request.user),
        **reading.open_amounts(is_open, found.currency),
    }
    return render(request, "deals/bank/statement.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Confirm all that others entered from a statement."""
    found = _statement(request, pk)
    require(request.user, "bank_statement:clear", found.account)
    try:
        count = clearing.confirm_entries(statement=found, by=signed_in(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(
            request,
            ngettext("%(count)d entry confirmed.", "%(count)d entries confirmed.", count)
            % {"count": count},
        )
    return redirect("deals:bank_statement", pk)


def _statement(request: HttpRequest, pk: uuid.UUID) -> BankStatement:
    found: BankStatement = get_object_or_404(reading.statements(request.user), pk=pk)
    require(request.user, "bank_statement:read", found.account)
    return found


def _layout_form(request: HttpRequest, account: PayoutAccount, table: Sheet) -> LayoutForm:
    """Return what was told of the columns, or what is known or guessed of them."""
    told = any(name.startswith("column-") for name in request.POST)
    known = {f"column-{n}": h for n, h in importing.layout_for(account, table).items()}
    return LayoutForm(request.POST if told else known, headings=table.headings)


def _import(
    request: HttpRequest, form: StatementForm, layout: LayoutForm, table: Sheet
) -> BankStatement | None:
    """Import the file if its columns are told well enough; None asks for them."""
    if not layout.is_valid() or not complete(layout.layout, table.headings):
        message = _(
            "Say which column is which: the day, the bank's number, and the amount in one column for"
            " both directions or in two."
        )
        layout.add_error(None, message)
        return None
    return importing.take_in(**form.cleaned_data, layout=layout.layout, by=signed_in(request))

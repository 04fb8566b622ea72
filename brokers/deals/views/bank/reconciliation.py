"""Reconcile the books with gateways and banks: every collector, then one of them down to its rows."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brokers.deals import plan_words
from brokers.deals.models import Deal
from brokers.deals.reading.bank import comparison, reconciliation
from brokers.deals.reading.bank.cash_csv import cash_csv
from brokers.deals.reading.treasury import kept_keys
from brokers.deals.views.answers import csv_response
from brokers.deals.views.lookup import require_keeper
from brokers.settlement import proofs
from brokers.settlement.plan import Payee, PayeeKind
from marketplace import money
from marketplace.accounts import second_factor
from marketplace.accounts.permissions import is_finance
from marketplace.money import Money

PER_PAGE = 100


class PeriodForm(forms.Form):
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    @property
    def period(self) -> dict[str, date | None]:
        """The days that were told; what cannot be read is left out."""
        return {name: self.cleaned_data.get(name) for name in ("since", "until")}


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Show each collector's standing; on request count the whole ledger again."""
    require_keeper(request)
    counted = "count" in request.GET and is_finance(request.user)
    context = {
        "rows": reconciliation.rows(request.user),
        "may_count": is_finance(request.user),
        "counted": counted,
        "found": list(proofs.differences()) if counted else [],
    }
    return render(request, "deals/bank/reconciliation.html", context)


@login_required
@require_safe
@never_cache
def account(request: HttpRequest, kind: str, number: int, currency: str) -> HttpResponse:
    """Show a collector's cash book in one currency, and what differs row by row."""
    payee, name = _collector(request, kind, number, currency)
    form = PeriodForm(request.GET or {})
    form.is_valid()
    entries: Any = reconciliation.cash_book(payee.key, currency, **form.period)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    deals = Deal.objects.in_bulk({entry.transaction.book_id for entry in page})
    context = {
        "name": name,
        "payee": payee,
        "currency": currency,
        "form": form,
        "page": page,
        "rows": [
            (entry, Money(entry.balance, currency), deals.get(entry.transaction.book_id))
            for entry in page
        ],
        "differing": comparison.differing_rows(payee.key, currency),
        "open_lines": reconciliation.open_lines(payee, currency, request.user),
        "missing": reconciliation.missing_entries(payee, currency, request.user),
    }
    return render(request, "deals/bank/cash_book.html", context)


@login_required
@require_safe
@never_cache
def download(request: HttpRequest, kind: str, number: int, currency: str) -> HttpResponse:
    """Send the cash book as a table for a spreadsheet."""
    payee, _name = _collector(request, kind, number, currency)
    form = PeriodForm(request.GET or {})
    form.is_valid()
    entries: Any = reconciliation.cash_book(payee.key, currency, **form.period)
    name = f"{payee.key.replace(':', '-')}-{currency}.csv"
    return csv_response(cash_csv(entries, currency), name)


def _collector(request: HttpRequest, kind: str, number: int, currency: str) -> tuple[Payee, str]:
    """Return the collector that the address names, and what it is called.

    Raises `Http404` for who does not keep its books.
    """
    if kind not in PayeeKind.values or currency not in money.CURRENCIES:
        raise Http404
    payee = Payee(PayeeKind(kind), number)
    names, keys = plan_words.payee_names([payee]), kept_keys(request.user)
    if payee not in names or (keys is not None and payee.key not in keys):
        raise Http404
    second_factor.demand(request.user)
    return payee, names[payee]

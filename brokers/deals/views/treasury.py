"""What the keepers of a collector's books do at the bank: record, confirm or reject, pay."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals import payouts
from brokers.deals.forms.bank import ReturnForm
from brokers.deals.reading import bank_words
from brokers.deals.reading.bank.owed import deals_owing, owed_rows
from brokers.deals.reading.bank.to_do import tables
from brokers.deals.reading.treasury import (
    ENTRIES,
    expected_charges,
    paid_lately,
    payable_refunds,
    payable_transfers,
    recorded,
    treasury,
)
from brokers.deals.views.answers import (
    REFUSALS,
    FormPage,
    answer,
    attempt,
    form_status,
    posted,
    status,
    texts,
)
from brokers.deals.views.lookup import require_keeper
from brokers.payments import bank_entries
from brokers.payments.bank_entries import Line
from brokers.payments.forms import BankLineForm, RejectionForm
from brokers.payments.models import BankEntry, Charge, Order, Transfer
from marketplace.accounts import second_factor
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in

DEALS_PER_PAGE = 20
ORDERS = {"transfer": payable_transfers, "refund": payable_refunds}
NOUNS = {"receipts": "receipt", "payouts": "payout", "returns": "return"}


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    require_keeper(request)
    found, paid = treasury(request.user), paid_lately(request.user)
    context = {"tables": tables(found, paid, request.user)}
    return render(request, "deals/treasury.html", context)


@login_required
@never_cache
def record_receipt(request: HttpRequest, charge: uuid.UUID) -> HttpResponse:
    """Record that money for a payment arrived."""
    found = get_object_or_404(expected_charges(request.user), pk=charge)
    require(request.user, "payment:record_receipt", found)
    return _record(request, found, _("Record a receipt"), _record_receipt)


@login_required
@never_cache
def record_payout(request: HttpRequest, kind: str, order: uuid.UUID) -> HttpResponse:
    """Record that a transfer or a refund was made at the bank."""
    if kind not in ORDERS:
        raise Http404
    found: Any = get_object_or_404(ORDERS[kind](request.user), pk=order)
    require(request.user, "payment:record_payout", found)
    return _record(request, found, _("Record a payment"), _record_payout)


@login_required
@never_cache
def record_return(request: HttpRequest, kind: str, order: uuid.UUID) -> HttpResponse:
    """Record that the bank refused a transfer or a refund, or sent its money back."""
    if kind not in ORDERS:
        raise Http404
    waiting = [*ORDERS[kind](request.user), *paid_lately(request.user)]
    found = next((one for one in waiting if one.pk == order and one.noun == kind), None)
    if found is None:
        raise Http404
    require(request.user, "payment:record_payout", found)
    title = _("The bank refused it or sent it back")
    return _record(request, found, title, _record_return, form_class=ReturnForm)


@login_required
@require_safe
@never_cache
def owed(request: HttpRequest) -> HttpResponse:
    """List what is owed and not on its way, with the reason."""
    require_keeper(request)
    page = Paginator(deals_owing(request.user), DEALS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": owed_rows(list(page), request.user)}
    return render(request, "deals/bank/owed.html", context)


@login_required
@require_POST
def pay_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Try again what is owed in a deal."""
    found = get_object_or_404(deals_owing(request.user), pk=pk)
    second_factor.demand(request.user)
    payouts.pay_again(deal=found, by=signed_in(request))
    messages.success(request, _("It is tried again."))
    return redirect("deals:owed")


@login_required
@require_safe
@never_cache
def entry(request: HttpRequest, kind: str, entry: uuid.UUID) -> HttpResponse:
    """Show an entry that waits for a second person."""
    return _entry_page(request, kind, _entry(request, kind, entry), RejectionForm())


@login_required
@require_POST
def confirm(request: HttpRequest, kind: str, entry: uuid.UUID) -> HttpResponse:
    found = _entry(request, kind, entry)
    require(request.user, f"payment:confirm_{NOUNS[kind]}", found)
    try:
        bank_entries.confirm(entry=found, confirmed_by=signed_in(request))
    except REFUSALS as refusal:
        return _entry_page(
            request,
            kind,
            found,
            RejectionForm(),
            problems=texts(refusal),
            status=status(refusal),
        )
    messages.success(request, _("Confirmed."))
    return redirect("deals:treasury")


@login_required
@require_POST
def reject(request: HttpRequest, kind: str, entry: uuid.UUID) -> HttpResponse:
    found = _entry(request, kind, entry)
    form = RejectionForm(request.POST)
    done = form.is_valid() and attempt(
        form, bank_entries.reject, entry=found, rejected_by=signed_in(request), **form.cleaned_data
    )
    if not done:
        return _entry_page(request, kind, found, form, status=form_status(form))
    messages.success(request, _("Rejected. The right entry can be recorded now."))
    return redirect("deals:treasury")


def _entry(request: HttpRequest, kind: str, pk: uuid.UUID) -> BankEntry:
    if kind not in ENTRIES:
        raise Http404
    found: BankEntry = get_object_or_404(recorded(kind, request.user), pk=pk)
    require(request.user, "payment:reject_entry", found)
    return found


def _entry_page(
    request: HttpRequest,
    kind: str,
    found: BankEntry,
    form: RejectionForm,
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "entry": found,
        "kind": kind,
        "form": form,
        "problems": problems,
        "may_confirm": request.user.has_perm(f"payment:confirm_{NOUNS[kind]}", found),
    }
    return render(request, "deals/bank_entry.html", context, status=status)


def _record(
    request: HttpRequest,
    subject: Any,
    title: str,
    service: Any,
    form_class: type[BankLineForm] = BankLineForm,
) -> HttpResponse:
    page = FormPage(
        title=title,
        template="deals/bank_line.html",
        context={
            "subject": subject,
            "is_return": form_class is ReturnForm,
            "rejections": list(bank_words.rejections(subject)),
        },
        button=_("Record it"),
        done=_("Recorded. A second person confirms it."),
        then=reverse("deals:treasury"),
    )
    form = form_class(*posted(request), due=subject.money)
    return answer(request, form, page, service, subject=subject, by=signed_in(request))


def _record_receipt(*, subject: Charge, by: Any, **line: Any) -> None:
    bank_entries.record_receipt(charge=subject, line=Line(**line), recorded_by=by)


def _record_payout(*, subject: Order, by: Any, **line: Any) -> None:
    bank_entries.record_payout(order=subject, line=Line(**line), recorded_by=by)  # type: ignore[arg-type]


def _record_return(*, subject: Any, by: Any, note: str, **line: Any) -> None:
    if isinstance(subject, Transfer):
        payouts.require_returnable(subject)
    bank_entries.record_return(order=subject, line=Line(**line), note=note, recorded_by=by)

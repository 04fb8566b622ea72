"""What was given up about money: see it, and send it again."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals.reading import failed_refunds
from brokers.deals.reading.account_troubles import troubles_of
from brokers.deals.reading.bank import failures as reading
from brokers.deals.views.lookup import require_books
from marketplace.audit import given_up
from marketplace.outbox import effects

PER_PAGE = 50


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    require_books(request)
    page = Paginator(reading.failures(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(effect, effects.words(effect)) for effect in page],
        "refunds": failed_refunds.unanswered(),
        "troubles": [troubles_of(account) for account in reading.troubled_accounts()],
    }
    return render(request, "deals/bank/failures.html", context)


@login_required
@require_POST
def send_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    require_books(request)
    effect = get_object_or_404(reading.failures(), pk=pk)
    given_up.send_again(effect, by=request.user)
    messages.success(request, _("It is tried again."))
    return redirect("deals:failures")

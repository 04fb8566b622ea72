"""Where a person or an organisation is paid: the accounts, opening one, completing it, closing it.

Whoever opens these pages has a second factor, and whoever changes an account has re-authenticated.
"""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from brokers.deals.views.answers import REFUSALS, add_refusal, form_status, posted, status, texts
from brokers.payments import payout_accounts, registry
from brokers.payments.forms import PayoutAccountForm
from brokers.payments.models import PayoutAccount
from marketplace.accounts.models import Membership, Organisation
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in

STANDING = PayoutAccount.objects.exclude(status=PayoutAccount.Status.CLOSED)


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Show the own accounts, or those of an organisation that the reader owns."""
    return _page(request, slug)


def _page(
    request: HttpRequest, slug: str, *, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    owner = _owner(request, slug)
    accounts = {account.gateway: account for account in STANDING.filter(**_column(owner))}
    owned = Membership.objects.filter(user=signed_in(request), role=Membership.Role.OWNER)
    context = {
        "owner": owner,
        "slug": slug,
        "ways": [
            {
                "name": name,
                "gateway": gateway,
                "account": accounts.get(name),
                "url": _open_address(name, slug),
            }
            for name, gateway in registry.every().items()
        ],
        "organisations": [m.organisation for m in owned.select_related("organisation")],
        "problems": problems or [],
    }
    return render(request, "deals/payout_accounts.html", context, status=status)


@login_required
@reauthentication_required
@never_cache
def open_account(request: HttpRequest, gateway: str, slug: str = "") -> HttpResponse:
    """Give or change the details of an account; go on to the gateway's page where it has one."""
    owner, chosen = _owner(request, slug), registry.every().get(gateway)
    if chosen is None:
        raise Http404
    form = PayoutAccountForm(posted(request)[0], gateway=chosen)
    answer_status = None
    if request.method == "POST" and form.is_valid():
        try:
            account = payout_accounts.open_account(
                owner=owner, gateway=gateway, opened_by=signed_in(request), **form.cleaned_data
            )
            return redirect(_onboarding(request, account, slug) or _address(slug))
        except REFUSALS as refusal:
            add_refusal(form, refusal)
            answer_status = status(refusal)
    context = {
        "owner": owner,
        "slug": slug,
        "form": form,
        "gateway": chosen,
        "address": _address(slug),
        "account": STANDING.filter(gateway=gateway, **_column(owner)).first(),
    }
    code = answer_status or form_status(form)
    return render(request, "deals/payout_account.html", context, status=code)


@login_required
@reauthentication_required
@require_POST
def complete(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """Go to the gateway's page where the account is completed."""
    found, slug = _account(request, account)
    try:
        return redirect(_onboarding(request, found, slug) or _address(slug))
    except REFUSALS as refusal:
        return _page(request, slug, problems=texts(refusal), status=status(refusal))


@login_required
@require_POST
def look_again(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """Ask the gateway what the account can do by now."""
    found, slug = _account(request, account)
    try:
        payout_accounts.refresh(account_id=found.pk)
    except REFUSALS as refusal:
        return _page(request, slug, problems=texts(refusal), status=status(refusal))
    return redirect(_address(slug))


@login_required
@reauthentication_required
@require_POST
def close(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    found, slug = _account(request, account)
    payout_accounts.close(account=found, closed_by=signed_in(request))
    messages.success(request, _("The account is closed: nothing is paid to it any more."))
    return redirect(_address(slug))


def _onboarding(request: HttpRequest, account: PayoutAccount, slug: str) -> str:
    here = request.build_absolute_uri(_address(slug))
    return payout_accounts.onboarding_url(account=account, refresh_url=here, return_url=here)


def _owner(request: HttpRequest, slug: str) -> Any:
    """Return who is paid: the reader, or the organisation `slug`. Raises `Http404` for others'."""
    owner: Any = get_object_or_404(Organisation, slug=slug) if slug else signed_in(request)
    if not request.user.has_perm("payout_account:open", owner):
        raise Http404
    require(request.user, "payout_account:open", owner)
    return owner


def _account(request: HttpRequest, pk: uuid.UUID) -> tuple[PayoutAccount, str]:
    """Return an account of the reader, and the slug of its organisation. Raises `Http404`."""
    found = get_object_or_404(STANDING.select_related("organisation", "user"), pk=pk)
    if not request.user.has_perm("payout_account:close", found):
        raise Http404
    require(request.user, "payout_account:close", found)
    return found, found.organisation.slug if found.organisation else ""


def _column(owner: Any) -> dict[str, Any]:
    return {"organisation" if isinstance(owner, Organisation) else "user": owner}


def _address(slug: str) -> str:
    if slug:
        return reverse("deals:organisation_payout_accounts", args=[slug])
    return reverse("deals:payout_accounts")


def _open_address(gateway: str, slug: str) -> str:
    if slug:
        return reverse("deals:open_organisation_account", args=[slug, gateway])
    return reverse("deals:open_account", args=[gateway])

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

from brokers.deals.reading.account_troubles import troubles_of
from brokers.deals.views.answers import REFUSALS, add_refusal, form_status, posted, status, texts
from brokers.payments import payout_accounts, registry
from brokers.payments.forms import PayoutAccountForm
from brokers.payments.gateway import Gateway
from brokers.payments.models import PayoutAccount
from marketplace.accounts.models import Membership, Organisation
from marketplace.accounts.permissions import require
from marketplace.listings.views.lookup import signed_in

STANDING = PayoutAccount.objects.exclude(status=PayoutAccount.Status.CLOSED)
PLATFORM = "the platform"
"""What stands for the platform where an organisation's short name would; no short name has a blank."""


@login_required
@require_safe
@never_cache
def overview(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Show the own accounts, or those of an organisation that the reader owns, or the platform's."""
    return _page(request, _owner(request, slug))


def _page(
    request: HttpRequest, owner: Any, *, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    found = STANDING.filter(**payout_accounts.owner_columns(owner))
    accounts = {one.gateway: one for one in found.prefetch_related("failed_payouts")}
    owned = Membership.objects.filter(user=signed_in(request), role=Membership.Role.OWNER)
    owners: list[Any] = [
        request.user,
        *(m.organisation for m in owned.select_related("organisation")),
    ]
    if request.user.has_perm("payout_account:open", None):
        owners.append(None)
    context = {
        "is_own": owner == request.user,
        "name": _name(owner),
        "ways": [
            {
                "name": name,
                "gateway": gateway,
                "account": accounts.get(name),
                "troubles": troubles_of(accounts[name]) if name in accounts else None,
                "url": _address("open_", owner, name),
            }
            for name, gateway in _gateways(owner).items()
        ],
        "tabs": [
            {"title": _name(one), "url": _address("", one), "is_current": one == owner}
            for one in owners
        ],
        "problems": problems or [],
    }
    return render(request, "deals/payout_accounts.html", context, status=status)


@login_required
@reauthentication_required
@never_cache
def open_account(request: HttpRequest, gateway: str, slug: str = "") -> HttpResponse:
    """Give or change the details of an account; go on to the gateway's page where it has one."""
    owner = _owner(request, slug)
    chosen = _gateways(owner).get(gateway)
    if chosen is None:
        raise Http404
    form = PayoutAccountForm(posted(request)[0], gateway=chosen)
    answer_status = None
    if request.method == "POST" and form.is_valid():
        try:
            account = payout_accounts.open_account(
                owner=owner, gateway=gateway, opened_by=signed_in(request), **form.cleaned_data
            )
            return redirect(_onboarding(request, account) or _address("", owner))
        except REFUSALS as refusal:
            add_refusal(form, refusal)
            answer_status = status(refusal)
    columns = payout_accounts.owner_columns(owner)
    context = {
        "name": _name(owner),
        "form": form,
        "gateway": chosen,
        "address": _address("", owner),
        "account": STANDING.filter(gateway=gateway, **columns).first(),
    }
    code = answer_status or form_status(form)
    return render(request, "deals/payout_account.html", context, status=code)


@login_required
@reauthentication_required
@require_POST
def complete(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """Go to the gateway's page where the account is completed."""
    found = _account(request, account)
    try:
        return redirect(_onboarding(request, found) or _address("", found.owner))
    except REFUSALS as refusal:
        return _page(request, found.owner, problems=texts(refusal), status=status(refusal))


@login_required
@require_POST
def look_again(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    """Ask the gateway what the account can do by now."""
    found = _account(request, account)
    try:
        payout_accounts.refresh(account_id=found.pk)
    except REFUSALS as refusal:
        return _page(request, found.owner, problems=texts(refusal), status=status(refusal))
    return redirect(_address("", found.owner))


@login_required
@reauthentication_required
@require_POST
def close(request: HttpRequest, account: uuid.UUID) -> HttpResponse:
    found = _account(request, account)
    payout_accounts.close(account=found, closed_by=signed_in(request))
    messages.success(request, _("The account is closed: nothing is paid to it any more."))
    return redirect(_address("", found.owner))


def _onboarding(request: HttpRequest, account: PayoutAccount) -> str:
    here = request.build_absolute_uri(_address("", account.owner))
    return payout_accounts.onboarding_url(account=account, refresh_url=here, return_url=here)


def _owner(request: HttpRequest, slug: str) -> Any:
    """Return who is paid: the reader, the organisation `slug`, None for the platform.

    Raises `Http404` for others'.
    """
    owner: Any = signed_in(request)
    if slug:
        owner = None if slug == PLATFORM else get_object_or_404(Organisation, slug=slug)
    if not request.user.has_perm("payout_account:open", owner):
        raise Http404
    require(request.user, "payout_account:open", owner)
    return owner


def _account(request: HttpRequest, pk: uuid.UUID) -> PayoutAccount:
    """Return an account about which the reader decides. Raises `Http404`."""
    found = get_object_or_404(STANDING.select_related("organisation", "user"), pk=pk)
    if not request.user.has_perm("payout_account:close", found):
        raise Http404
    require(request.user, "payout_account:close", found)
    return found


def _gateways(owner: Any) -> dict[str, Gateway]:
    """Return the gateways by which `owner` can be paid: what the platform collects is there already."""
    return {
        name: gateway
        for name, gateway in registry.every().items()
        if owner is not None or not gateway.for_platform
    }


def _name(owner: Any) -> str:
    return _("the platform") if owner is None else str(owner.name)


def _address(action: str, owner: Any, *args: str) -> str:
    """Return where the accounts of `owner` are, or where one is opened (`action` "open_")."""
    one = "account" if action else "payout_accounts"
    if owner is None:
        return reverse(f"deals:{action}platform_{one}", args=args)
    if isinstance(owner, Organisation):
        return reverse(f"deals:{action}organisation_{one}", args=[owner.slug, *args])
    return reverse(f"deals:{action}{one}", args=args)

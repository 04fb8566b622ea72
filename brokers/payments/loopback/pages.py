"""The two pages a person sees here: paying, and onboarding an account to be paid.

Each action works once; what is over says so and sends the person back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from brokers.payments.loopback import accounts, amounts, checkout, payments
from brokers.payments.loopback.errors import missing
from brokers.payments.loopback.store import Store

_LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Page:
    """HTML to show, or an address to go to."""

    html: str = ""
    location: str = ""


def visit(store: Store, method: str, path: str) -> Page:
    """Return what a person gets at `path`; raise a 404 for a path that leads nowhere."""
    parts = path.strip("/").split("/")
    action = _ACTIONS.get((method, parts[0], *parts[2:]))
    if action is None or len(parts) < 2:
        raise missing("page", path)
    with store.transaction():
        return action(store, parts[1])


def _pay_page(store: Store, object_id: str) -> Page:
    session = checkout.current(store, object_id)
    amount = amounts.display(session["amount_total"], session["currency"])
    context = {
        "session": session,
        "address": f"/checkout/{object_id}",
        "name": session["_name"],
        "amount": amount,
    }
    with translation.override(_LANGUAGES.get(session["locale"], "en")):
        return Page(html=render_to_string("payments/loopback/pay.html", context))


def _pay(store: Store, object_id: str) -> Page:
    session = checkout.current(store, object_id)
    if session["status"] == "expired":
        return Page(location=session["cancel_url"])
    if session["status"] == "open":
        session = checkout.complete(store, session)
    return Page(location=session["success_url"].replace("{CHECKOUT_SESSION_ID}", object_id))


def _decline(store: Store, object_id: str) -> Page:
    session = checkout.current(store, object_id)
    if session["status"] == "open":
        payments.decline(
            store,
            amount=session["amount_total"],
            currency=session["currency"],
            **session["_payment"],
        )
    return Page(location=session["cancel_url"])


def _onboarding_page(store: Store, object_id: str) -> Page:
    link = store.get("account_link", object_id)
    context = {"link": link, "refresh_url": link["_refresh_url"]}
    return Page(html=render_to_string("payments/loopback/onboarding.html", context))


def _onboard(store: Store, object_id: str) -> Page:
    link: dict[str, Any] = store.get("account_link", object_id)
    accounts.change_standing(store, link["_account"])
    return Page(location=link["_return_url"])


_ACTIONS: dict[tuple[str, ...], Callable[[Store, str], Page]] = {
    ("GET", "checkout"): _pay_page,
    ("POST", "checkout", "pay"): _pay,
    ("POST", "checkout", "decline"): _decline,
    ("GET", "onboarding"): _onboarding_page,
    ("POST", "onboarding", "finish"): _onboard,
}

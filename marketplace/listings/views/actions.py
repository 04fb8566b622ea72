"""What the people of an organisation do with a listing, one button each. Each is safe to press twice."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from marketplace.listings import lifecycle
from marketplace.listings.models.publishing import Reviewed
from marketplace.listings.views.lookup import own_listing, signed_in

CONFIRMED = _("Thank you: confirmed as up to date.")
SUBMITTED = _("Submitted. A moderator will read it; you will be told the outcome.")


def carry_out(request: HttpRequest, service: Callable[..., Any], text: Reviewed, done: Any) -> None:
    """Let `service` do its step to `text` for who is signed in; say that it is `done`, or why not."""
    try:
        service(text, author=signed_in(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)


def _action(
    permission: str, service: Callable[..., Any], done: Any, then: str = "listings:mine"
) -> Callable[..., HttpResponse]:
    @login_required
    @require_POST
    def view(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        listing = own_listing(request, kind, pk, permission)
        carry_out(request, service, listing, done)
        return redirect(then, *([kind, pk] if then == "listings:edit" else []))

    return view


submit = _action("listing:submit", lifecycle.submit, SUBMITTED)
recall = _action(
    "listing:submit",
    lifecycle.recall,
    _("Taken back from review. You can change it now."),
    then="listings:edit",
)
withdraw = _action(
    "listing:withdraw", lifecycle.withdraw, _("Withdrawn. Nobody else can read it any more.")
)
confirm = _action("listing:confirm", lifecycle.confirm, CONFIRMED)
discard = _action("listing:discard", lifecycle.discard, _("The draft has been deleted."))

"""The effects that payments carry out, and the rounds that pick up what was forgotten."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brokers.payments import charges, orders, webhooks
from brokers.payments.models import Charge, Order
from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect

UNHEARD = timedelta(minutes=10)
"""After this long without word, an open charge is looked up: its event may be lost."""

STUCK = timedelta(hours=2)
"""After this long without a try, an order is taken up again: the outbox has given up by then."""


@effects.handler("payments.webhook", _("Act on an event of the payment service"))
def process_webhook(effect: Effect) -> None:
    webhooks.process(effect.payload["event"])


@effects.handler("payments.refresh_charge", _("Ask how a payment stands"))
def refresh_charge(effect: Effect) -> None:
    charges.refresh(charge_id=effect.payload["charge"])


def carry_out(effect: Effect) -> None:
    noun = effect.kind.removeprefix("payments.")
    orders.carry_out(orders.KINDS[noun], effect.payload[noun])


for _noun, _words in (
    ("transfer", _("Pay a payee")),
    ("reversal", _("Take a payout back")),
    ("refund", _("Refund a payment")),
):
    effects.handler(f"payments.{_noun}", _words)(carry_out)


@periodic.every(UNHEARD)
def look_after_open_charges() -> None:
    """Have every open charge looked up of which nothing was heard for a while."""
    unheard = Charge.objects.filter(
        state=Charge.State.OPEN, refreshed_at__lt=timezone.now() - UNHEARD
    ).exclude(checkout_url="")
    for charge in unheard:
        effects.enqueue("payments.refresh_charge", {"charge": str(charge.pk)})


@periodic.every(timedelta(hours=1))
def take_up_stuck_work() -> None:
    """Have every order and event tried again that nobody has tried for a while, killers aside."""
    for kind in orders.KINDS.values():
        stuck: Any = kind._default_manager.filter(
            state__in=[Order.State.REQUESTED, Order.State.SENT],
            tried_at__lt=timezone.now() - STUCK,
        )
        for order in stuck.exclude(pk__in=_deadly(kind.noun)):
            orders.schedule(order)
    webhooks.reschedule_overdue(but=_deadly("event", kind="payments.webhook"))


def _deadly(noun: str, *, kind: str = "") -> list[str]:
    """Return what killed every worker that took it up: a person sends it again, no round does."""
    killed = Effect.objects.filter(
        kind=kind or f"payments.{noun}", state=Effect.State.FAILED, last_error=effects.KILLED
    )
    return [payload[noun] for payload in killed.values_list("payload", flat=True)]

"""Take in events, and act on them later.

Invariants: an event id is stored once and acted on at least once; an event only says where to look, so
duplicates, delays and any order of events end in the same state.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from brokers.payments import charges, disputes, orders, payout_accounts
from brokers.payments.gateway import Event, Subject
from brokers.payments.models import PayoutAccount, Refund, Transfer, WebhookEvent
from marketplace.outbox.effects import enqueue

logger = logging.getLogger(__name__)

OVERDUE = timedelta(hours=2)
"""After this long an event that nobody acted on is tried anew: longer than the outbox keeps trying."""


@transaction.atomic
def receive(*, gateway: str, event: Event) -> bool:
    """Store `event` and have it acted on; return False when it is stored already."""
    stored, created = WebhookEvent.objects.get_or_create(
        pk=event.id,
        defaults={
            "gateway": gateway,
            "kind": event.kind,
            "subject": event.subject,
            "row": event.row,
            "external_id": event.external_id,
        },
    )
    if created:
        _schedule(stored)
    return created


def process(event_id: str) -> None:
    """Look up what the event is about, and bring our row to how it stands now.

    Raises `OutcomeUnknown` when the gateway does not answer: run it again later.
    """
    event = WebhookEvent.objects.get(pk=event_id)
    if event.processed_at is None:
        _act(event)
        WebhookEvent.objects.filter(pk=event.pk).update(processed_at=timezone.now())


def reschedule_overdue(*, but: Iterable[str] = ()) -> None:
    """Try the events anew that were given up, as after a long outage of the gateway, `but` these."""
    overdue = WebhookEvent.objects.filter(
        processed_at=None, received_at__lt=timezone.now() - OVERDUE
    ).exclude(pk__in=but)
    for event in overdue:
        _schedule(event)


def _act(event: WebhookEvent) -> None:
    try:
        match event.subject:
            case Subject.CHARGE:
                charges.refresh(charge_id=event.row)
            case Subject.TRANSFER:
                orders.refresh(Transfer, event.row, event.external_id)
            case Subject.REFUND:
                orders.refresh(Refund, event.row, event.external_id)
            case Subject.DISPUTE:
                disputes.refresh(gateway=event.gateway, external_id=event.external_id)
            case Subject.ACCOUNT:
                payout_accounts.refresh(account_id=event.row or _account_of(event).pk)
    except ObjectDoesNotExist as error:
        logger.error("%s is about nothing here: %s", event, error)


def _account_of(event: WebhookEvent) -> PayoutAccount:
    return PayoutAccount.objects.get(gateway=event.gateway, external_id=event.external_id)


def _schedule(event: WebhookEvent) -> None:
    enqueue("payments.webhook", {"event": event.pk})

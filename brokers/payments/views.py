"""The end points that are about payments alone: events of gateways, evidence of bank entries."""

import logging
import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from brokers.payments import registry, webhooks
from brokers.payments.gateway import ForgedEvent
from brokers.payments.models import BankPayout, BankReceipt, BankReturn
from marketplace.accounts.permissions import require
from marketplace.audit import trail
from marketplace.files.serving import attachment_response

logger = logging.getLogger(__name__)

LARGEST_EVENT = 256 * 1024
_ENTRIES = {"receipts": BankReceipt, "payouts": BankPayout, "returns": BankReturn}


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Store a gateway's event: 200 once it is stored, 400 when it cannot be trusted."""
    if gateway not in registry.every():
        raise Http404
    body = request.read(LARGEST_EVENT + 1)
    if len(body) > LARGEST_EVENT:
        return HttpResponse(status=413)
    try:
        event = registry.get(gateway).read_event(body, request.headers)
    except ForgedEvent as error:
        logger.warning("event refused: %s", error)
        return HttpResponse(status=400)
    webhooks.receive(gateway=gateway, event=event)
    return HttpResponse(status=200)


@require_GET
@never_cache
def evidence(request: HttpRequest, kind: str, entry: uuid.UUID) -> FileResponse:
    """Download the evidence of a bank entry; the download is logged."""
    if kind not in _ENTRIES:
        raise Http404
    found = get_object_or_404(_ENTRIES[kind], pk=entry)
    require(request.user, "payment:read_evidence", found)
    trail.record(actor=request.user, action="bank_entry.read_evidence", target=found)
    return attachment_response(found.evidence)

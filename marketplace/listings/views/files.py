"""Download a file of a listing: the tier is checked anew each time, and each download is logged."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from marketplace.audit import trail
from marketplace.files.serving import attachment_response
from marketplace.listings import lifecycle, visibility
from marketplace.listings.kinds import KINDS
from marketplace.listings.tiers import Tier


@require_GET
def attachment(request: HttpRequest, kind: str, pk: int, file: uuid.UUID) -> HttpResponseBase:
    """Send a file to a reader who may read it; to anyone else it does not exist."""
    listing = get_object_or_404(KINDS[kind]._default_manager.select_related("organisation"), pk=pk)
    found = _within_reach(request.user, listing, file)
    if found is None:
        raise Http404
    response = attachment_response(found.file)
    reader = request.user if request.user.is_authenticated else None
    trail.record(actor=reader, action="listing.download", target=listing, file=str(file))
    return response


def _within_reach(reader: Any, listing: Any, file: uuid.UUID) -> Any:
    """Return the attachment, of the live version or of the newest one for who may preview that."""
    access = visibility.access(reader, listing)
    if access is not None:
        live = listing.attachments.filter(file=file, tier__lte=access)
        if found := live.select_related("file").first():
            return found
    if not reader.has_perm("listing:preview", listing):
        return None
    furthest = Tier.NDA if access is None else max(access, Tier.NDA)
    newest = lifecycle.working_copy(listing).attachments.all()
    return next((a for a in newest if a.file_id == file and a.tier <= furthest), None)

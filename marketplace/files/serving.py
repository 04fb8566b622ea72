"""Serve a stored file. Callers have asked their own permission first, and log the download."""

import logging

from django.http import FileResponse, Http404

from marketplace.files.models import StoredFile

logger = logging.getLogger(__name__)


def attachment_response(stored: StoredFile) -> FileResponse:
    """Return `stored` as a download that no browser renders, sniffs or caches.

    Raises `Http404` when the storage has lost the bytes.
    """
    try:
        content = stored.file.open("rb")
    except FileNotFoundError as error:
        logger.exception("the bytes of file %s are lost", stored.pk)
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

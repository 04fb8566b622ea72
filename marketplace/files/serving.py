"""Serve a stored file. Callers have asked their own permission first, and log the download."""

from django.http import FileResponse

from marketplace.files.models import StoredFile


def attachment_response(stored: StoredFile) -> FileResponse:
    """Return `stored` as a download that no browser renders, sniffs or caches."""
    response = FileResponse(
        stored.file.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response

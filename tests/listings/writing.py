"""What tests of the forms share: addresses, what a browser would send, the newest version."""

from typing import Any

from django.test import Client

from marketplace.listings import lifecycle
from tests.pages import form_data

NEW_RESULT = "/en/listings/result/new/"
NEW_NEED = "/en/listings/need/new/"


def blank(client: Client, path: str) -> dict[str, Any]:
    """Return what the form at `path` would send as it stands."""
    return form_data(client.get(path), containing="title_en")


def edit_path(listing: Any) -> str:
    return f"/en/listings/{listing.kind}/{listing.pk}/edit/"


def newest(listing: Any) -> Any:
    """Return the newest version of a listing."""
    return lifecycle.working_copy(type(listing).objects.get(pk=listing.pk))

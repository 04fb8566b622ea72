"""A browser of somebody who is signed in, and what it gets."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client


def signed_in(user: Any) -> Client:
    """Return a client of `user`, who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def parsed(html: Any) -> Any:
    """Return the parsed page of an answer, or of markup."""
    return BeautifulSoup(getattr(html, "content", html), "html.parser")

"""The pages of the demo that readers open most, in one language, and a reader who has signed in."""

import re
from dataclasses import dataclass

import requests

from tests.serving import Site

READER = "rd.lanchuan@example.org"
"""An engineer of an enterprise, whose needs have matches."""
_ASKED = """
from django.test import Client
from django.utils import translation
from marketplace.accounts.models import User
from marketplace.listings.models import TechnologyNeed
reader = User.objects.get(email="{reader}")
client = Client()
client.force_login(reader)
print(client.cookies["sessionid"].value)
with translation.override("{language}"):
    need = TechnologyNeed.objects.filter(live=True, organisation__in=reader.organisations.all())[0]
    print(need.get_absolute_url())
"""


@dataclass(frozen=True)
class Place:
    name: str
    path: str
    cookie: str = ""


def public(url: str, language: str = "en") -> list[Place]:
    """Return home, the list of results and one of them, as a visitor opens them."""
    path = f"/{language}/results/"
    detail = first_of(url, path)
    return [Place("home", f"/{language}/"), Place("list", path), Place("detail", detail)]


def first_of(url: str, path: str) -> str:
    """Return the path of the first listing of the list at `path`."""
    listed = requests.get(f"{url}{path}", timeout=60).text
    found = re.search(rf'href="({path}\d+[^"]*)"', listed)
    assert found, f"no listing at {path}"
    return found[1]


def own_need(site: Site, language: str) -> Place:
    """Return the page of a need as a member of its organisation opens it, with its matches."""
    asked = _ASKED.format(reader=READER, language=language)
    session, path = site.manage("shell", "--verbosity=0", "-c", asked).split()
    return Place("need, matches", path, f"sessionid={session}")

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from cms import setup
from cms.models import HomePage
from tests.cms.clients import signed_in
from tests.factories import make_administrator, make_moderator


@pytest.fixture
def home(db: Any) -> HomePage:
    """The home page in Chinese of a site that has been set up."""
    cache.clear()
    setup.ensure_groups()
    setup.ensure_workflow()
    home = setup.ensure_pages()
    setup.ensure_site(home)
    setup.ensure_menus(home)
    return home


@pytest.fixture
def moderator_client(home: HomePage) -> Client:
    return signed_in(make_moderator())


@pytest.fixture
def administrator_client(home: HomePage) -> Client:
    return signed_in(make_administrator())

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Workflow

from cms import setup
from tests import factories


@pytest.fixture
def workflow(db: Any) -> Workflow:
    """The staff groups and the review that a site has for its listings."""
    setup.ensure_groups()
    return setup.ensure_workflow()


@pytest.fixture
def author(client: Client) -> Any:
    """The owner of an organisation, signed in."""
    author = factories.owner_of(factories.make_organisation())
    client.force_login(author)
    return author

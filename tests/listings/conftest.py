from typing import Any

import pytest
from wagtail.models import Workflow

from cms import setup


@pytest.fixture
def workflow(db: Any) -> Workflow:
    """The staff groups and the review that a site has for its listings."""
    setup.ensure_groups()
    return setup.ensure_workflow()

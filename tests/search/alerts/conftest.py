"""A need that somebody watches, and mail as it left."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail

from search.alerts import watches
from search.models import Watch
from tests import factories
from tests.search.alerts.watched import TITLE, Work, publish


@pytest.fixture(autouse=True)
def delivered(settings: LazySettings) -> list[Any]:
    """Mail as it left."""
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return mail.outbox


@pytest.fixture
def need(work: Work) -> Any:
    """A need among listings about other things, so that its words say something."""
    for n in range(12):
        publish(f"小麦育种{n}")
    need = factories.make_need(summary_en="", title_zh=TITLE, live=True)
    work()
    return need


@pytest.fixture
def watch(need: Any) -> Watch:
    return watches.watch_listing(listing=need, user=need.author, frequency="at_once")

"""Mail that goes through the outbox and is delivered into memory."""

from typing import Any

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def _outbox_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the test runner's swap of the e-mail backend; deliver into memory instead."""
    backend = "marketplace.notifications.email_backend.OutboxEmailBackend"
    monkeypatch.setattr(settings, "EMAIL_BACKEND", backend)
    monkeypatch.setattr(
        settings, "EMAIL_DELIVERY_BACKEND", "django.core.mail.backends.locmem.EmailBackend"
    )


@pytest.fixture
def site(settings: Any) -> str:
    settings.SITE_URL = "https://market.example"
    return str(settings.SITE_URL)

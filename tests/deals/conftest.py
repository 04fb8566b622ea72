"""People at their browsers."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from brokers.deals.models import Milestone
from brokers.deals.sections import Section
from marketplace.accounts.models import User
from tests.deals.factories import World

Visit = Callable[..., Any]


class Visitor:
    """A signed-in person. Addresses are named as in the templates, and are in English."""

    def __init__(self, user: User, *, reauthenticated: bool = False) -> None:
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(user)
        self.client.cookies["django_language"] = "en"
        if reauthenticated:
            session = self.client.session
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [
                {"method": "password", "at": time.time(), "reauthenticated": True}
            ]
            session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
            session.save()

    def get(self, name: str, *args: Any, **query: str) -> Any:
        return self.client.get(reverse(f"deals:{name}", args=args), query)

    def whole(self, deal: uuid.UUID) -> Any:
        """Return all sections of the page of `deal` as one answer, to look for what stands in none."""
        answers = [self.get(section.value, deal) for section in Section]
        assert {answer.status_code for answer in answers} == {200}
        return HttpResponse(b"".join(answer.content for answer in answers))

    def post(self, name: str, *args: Any, data: Any = None) -> Any:
        return self.client.post(reverse(f"deals:{name}", args=args), data or {})


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def visit() -> Visit:
    """Let a user visit the site: `visit(user).get("deal", deal.pk)`."""
    return Visitor


@pytest.fixture
def world() -> World:
    """A deal's people, with accounts to be paid to."""
    world = World()
    world.open_accounts()
    return world


@pytest.fixture
def banked(bank_only: None) -> World:
    """A signed deal of two milestones, `first` and `second`, that are paid by bank transfer."""
    world: Any = World()
    world.open_accounts()
    world.deal = world.agreed(1_000_000, 500_000)
    world.first, world.second = Milestone.objects.order_by("position")
    return world


@pytest.fixture
def half_settled(banked: Any) -> World:
    """`banked`, with one milestone settled, whose payouts wait at the bank, and one paid."""
    banked.pay(banked.first)
    banked.settle(banked.first)
    banked.pay(banked.second)
    return banked


@pytest.fixture
def bank_only(settings: Any) -> None:
    """Nobody pays but by bank transfer."""
    settings.PAYMENT_GATEWAYS = {"bank": settings.PAYMENT_GATEWAYS["bank"]}

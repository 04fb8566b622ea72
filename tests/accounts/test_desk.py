"""The desk leads everybody to where they work, also who works for the platform."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.permissions import ADMINISTRATORS, FINANCE, MODERATORS
from tests import factories

pytestmark = pytest.mark.django_db


def desk(client: Client, user: Any) -> str:
    client.force_login(user)
    return client.get(reverse("dashboard")).content.decode()


def test_who_belongs_to_nobody_is_asked_for_an_organisation(client: Client) -> None:
    page = desk(client, factories.make_user())
    assert "Start with your organisation" in page
    assert "Waiting at your posts" not in page


@pytest.mark.parametrize(
    ("group", "shown", "hidden"),
    [
        (FINANCE, ["deals:treasury"], ["deals:complaints", "wagtailadmin_home"]),
        (ADMINISTRATORS, ["deals:complaints", "deals:treasury"], []),
        (MODERATORS, ["wagtailadmin_home"], ["deals:treasury", "deals:complaints"]),
    ],
)
def test_who_works_for_the_platform_is_led_there(
    client: Client, group: str, shown: list[str], hidden: list[str]
) -> None:
    page = desk(client, factories.in_group(factories.make_user(), group))
    assert "Start with your organisation" not in page
    for name in shown:
        assert f'href="{reverse(name)}"' in page
    for name in hidden:
        assert f'<a href="{reverse(name)}">' not in page.split("<main")[1]

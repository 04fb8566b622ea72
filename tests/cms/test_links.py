"""Links that editors set have one target, and it is a safe one."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cms.blocks.links import LinkBlock
from cms.destinations import Destination
from cms.models import ContentPage, HomePage


def value(**targets: Any) -> Any:
    return LinkBlock().normalize({"page": None, "destination": "", "address": "", **targets})


@pytest.mark.parametrize(
    "targets",
    [
        {},
        {"destination": "needs", "address": "https://example.org/"},
        {"address": "javascript:alert(1)"},
        {"address": "ftp://example.org/"},
        {"address": "no address"},
        {"destination": "nowhere"},
    ],
)
def test_no_target_two_targets_and_bad_targets_are_refused(
    db: Any, targets: dict[str, str]
) -> None:
    with pytest.raises(ValidationError):
        LinkBlock().clean(value(**targets))


def test_a_page_is_linked_in_the_readers_language(home: HomePage) -> None:
    link = LinkBlock().clean(value(page=ContentPage.objects.get(slug="help", locale=home.locale)))
    with translation.override("en"):
        assert link.url == "/en/help/"


def test_a_page_that_is_no_longer_public_is_not_linked(home: HomePage) -> None:
    page = ContentPage.objects.get(slug="help", locale=home.locale)
    page.unpublish()
    assert value(page=page).url == ""


@pytest.mark.parametrize("destination", Destination)
def test_every_part_of_the_site_has_an_address(destination: Destination) -> None:
    with translation.override("en"):
        assert destination.url.startswith("/en/")

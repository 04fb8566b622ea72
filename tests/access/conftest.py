"""The scene is built once for all the tests of this folder, and rolled back after them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from tests.access import canaries, crawling
from tests.access import scene as scenes
from tests.access.crawling import Page
from tests.access.scene import Scene
from tests.cms.articles import wagtails_files


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whichever test comes first has the scene made, with its pictures."""
    item.add_marker(wagtails_files)


@pytest.fixture(scope="package")
def built_scene(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("scene")
    own = {
        "MEDIA_ROOT": folder / "media",
        "SEARCH_INDEX_DIR": folder / "index",
        "EMAIL_DELIVERY_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }
    with override_settings(**own), django_db_blocker.unblock():
        cache.clear()
        with transaction.atomic():
            yield scenes.build()
            transaction.set_rollback(True)


@pytest.fixture
def scene(built_scene: Scene, db: None) -> Scene:
    """The scene; what the test changes is undone after it."""
    return built_scene


@pytest.fixture(scope="package")
def pages(built_scene: Scene, django_db_blocker: Any) -> list[Page]:
    """What each reader gets at each address, while canaries stand in the rows of the scene."""
    with django_db_blocker.unblock(), transaction.atomic():
        canaries.plant(built_scene)
        found = crawling.crawl(built_scene)
        transaction.set_rollback(True)
    return found

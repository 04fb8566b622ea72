"""Setting up the site: complete the first time, without effect the second."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import (
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Revision,
    Site,
    Workflow,
    WorkflowContentType,
    WorkflowTask,
)

from cms import setup
from cms.destinations import Destination
from cms.models import ContentPage, HomePage, Menus
from cms.setup.copy import NEUTRAL
from marketplace.accounts.permissions import ADMINISTRATORS, FINANCE, MODERATORS
from marketplace.listings.models import ResearchResult, TechnologyNeed
from tests.factories import make_administrator

DEMO_COPY = json.loads(
    (Path(settings.BASE_DIR) / "marketplace/demo/data/pages.json").read_text(encoding="utf-8")
)
SET_UP = [
    Group,
    Group.permissions.through,
    GroupPagePermission,
    GroupCollectionPermission,
    Locale,
    Site,
    Page,
    HomePage,
    ContentPage,
    Revision,
    Menus,
    Workflow,
    WorkflowTask,
    WorkflowContentType,
]


def rows() -> dict[str, list[Any]]:
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in SET_UP
    }


def test_a_second_run_changes_nothing(db: Any) -> None:
    call_command("setup_site", verbosity=0)
    first = rows()
    call_command("setup_site", verbosity=0)
    assert rows() == first


def test_pages_are_public_in_both_languages(home: HomePage, client: Any) -> None:
    for language, title in (("zh-hans", "关于平台"), ("en", "About")):
        answer = client.get(f"/{language}/about/")
        assert answer.status_code == 200
        assert f"<h1>{title}</h1>" in answer.content.decode()
    assert not Page.objects.filter(title__contains="Welcome to your new Wagtail").exists()


def test_the_site_stands_at_its_address(home: HomePage) -> None:
    site = Site.objects.get()
    assert f"http://{site.hostname}:{site.port}" == settings.SITE_URL
    assert site.root_page.specific == home


def test_pages_of_a_caller_are_added_and_untouched_ones_rewritten(home: HomePage) -> None:
    setup.ensure_pages(DEMO_COPY, rewrite=True)
    home.refresh_from_db()
    assert home.headline == DEMO_COPY["home"]["zh"]["headline"]
    assert [block.value["title"] for block in home.ways_in] == [
        way["title"] for way in NEUTRAL["home"]["zh"]["ways_in"]
    ]
    slugs = {key.replace("_", "-") for key in DEMO_COPY} - {"home"}
    for language in ("zh-hans", "en"):
        pages = ContentPage.objects.filter(locale__language_code=language, live=True)
        assert set(pages.values_list("slug", flat=True)) == slugs

    before = rows()
    setup.ensure_pages(DEMO_COPY, rewrite=True)
    setup.ensure_pages()
    assert rows() == before


def test_every_button_of_the_copy_leads_somewhere(home: HomePage) -> None:
    for copy in (NEUTRAL, DEMO_COPY):
        for texts in copy["home"].values():
            links = [texts["primary"], texts["secondary"]]
            links += [link for way in texts.get("ways_in", []) for link in way["links"]]
            assert all(Destination(link["target"]).url for link in links)


def test_what_a_person_has_edited_stays(home: HomePage) -> None:
    about = ContentPage.objects.get(slug="about", locale__language_code="en")
    about.introduction = "Written by hand."
    about.save_revision(user=make_administrator()).publish()
    setup.ensure_pages(DEMO_COPY, rewrite=True)
    about.refresh_from_db()
    assert about.introduction == "Written by hand."


def test_a_page_that_was_taken_down_stays_down(home: HomePage) -> None:
    page = ContentPage.objects.get(slug="about", locale__language_code="en")
    page.unpublish()
    setup.ensure_pages(DEMO_COPY, rewrite=True)
    page.refresh_from_db()
    assert not page.live


def names(group: str) -> set[str]:
    found = Group.objects.get(name=group).permissions.select_related("content_type")
    return {f"{p.content_type.app_label}.{p.codename}" for p in found}


def test_groups_have_what_they_need_and_no_more(home: HomePage) -> None:
    assert names(FINANCE) == set()
    assert names(MODERATORS) == {"wagtailadmin.access_admin"} | {
        f"listings.{action}_{model}"
        for action in ("view", "change", "publish", "lock", "unlock")
        for model in ("researchresult", "technologyneed", "expertprofile")
    }
    assert "wagtailadmin.access_admin" in names(ADMINISTRATORS)
    assert not {name for name in names(ADMINISTRATORS) if name.startswith("listings.delete")}
    for group in (MODERATORS, FINANCE):
        assert not GroupPagePermission.objects.filter(group__name=group).exists()
        assert not GroupCollectionPermission.objects.filter(group__name=group).exists()
    assert not Group.objects.filter(name="Editors").exists()


def test_a_permission_that_crept_in_is_taken_back(home: HomePage) -> None:
    finance = Group.objects.get(name=FINANCE)
    finance.permissions.set(Group.objects.get(name=MODERATORS).permissions.all())
    setup.ensure_groups()
    assert names(FINANCE) == set()


def test_both_kinds_of_listing_pass_one_review(home: HomePage) -> None:
    workflows = {model.get_default_workflow() for model in (ResearchResult, TechnologyNeed)}
    (workflow,) = workflows
    (task,) = workflow.tasks.specific()
    assert {group.name for group in task.groups.all()} == {MODERATORS, ADMINISTRATORS}
    assert not home.has_workflow


@pytest.mark.parametrize("url", ["https://market.example.org", "http://localhost:9000"])
def test_the_address_follows_the_settings(home: HomePage, settings: Any, url: str) -> None:
    settings.SITE_URL = url
    setup.ensure_site(home)
    assert Site.objects.get().root_url == url

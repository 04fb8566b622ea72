"""What is not for a reader stands on no page, export, feed or list that the reader can ask for.

A canary stands in every field that has readers of its own; a field without a decision fails.
"""

from fnmatch import fnmatch

import pytest

from tests.access.canaries import CANARIES, READERS_OF, fields
from tests.access.crawling import Page
from tests.access.secrets import BY_LINK, ELSEWHERE, PUBLIC, SECRET, SHOWN_TO_NOBODY, TECHNICAL

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("scene")]


def test_every_field_has_a_decision() -> None:
    names = {name for name, _model, _field in fields()}
    decided = PUBLIC | ELSEWHERE.keys() | TECHNICAL | SECRET.keys()
    undecided = {name for name in names if not any(fnmatch(name, one) for one in decided)}
    gone = {one for one in decided if not any(fnmatch(name, one) for name in names)}
    assert undecided == set()
    assert gone == set()


def test_no_canary_stands_before_who_may_not_read_it(pages: list[Page]) -> None:
    leaks = {
        f"{name} to {page}"
        for page in pages
        for name, word in CANARIES.items()
        if page.person not in READERS_OF[name]
        and word in page.text
        and (name, page.name) not in BY_LINK
    }
    assert not leaks, "\n".join(sorted(leaks))


def test_each_canary_stands_before_somebody_who_may_read_it(pages: list[Page]) -> None:
    """What nobody is shown proves nothing."""
    seen = {
        name
        for page in pages
        for name, word in CANARIES.items()
        if page.person in READERS_OF[name]
        and word in page.text
        and (name, page.name) not in BY_LINK
    }
    assert CANARIES.keys() - seen == SHOWN_TO_NOBODY.keys()

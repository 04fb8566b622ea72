"""An organisation with an owner, a moderator, a few codes, and the command as a terminal runs it."""

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.taxonomy.models import Industry, IpcClass, IpcSection, Region


@dataclass(frozen=True)
class Ran:
    """What the command printed, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch) -> Callable[..., Ran]:
    def call(*arguments: Any, language: str = "en_US.UTF-8") -> Ran:
        monkeypatch.setenv("LC_ALL", language)
        out, err = StringIO(), StringIO()
        try:
            call_command("import_listings", *map(str, arguments), stdout=out, stderr=err)
        except CommandError as error:
            return Ran(error.returncode, out.getvalue(), f"{err.getvalue()}{error}")
        return Ran(0, out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def organisation(db) -> Organisation:
    institute = Organisation.objects.create(
        slug="institute", kind=Organisation.Kind.INSTITUTE, name_en="An institute"
    )
    owner = User.objects.create_user("owner@example.org", "secret")
    Membership.objects.create(user=owner, organisation=institute, role=Membership.Role.OWNER)
    return institute


@pytest.fixture
def owner(organisation) -> User:
    return organisation.members.get()


@pytest.fixture
def moderator(db) -> User:
    return User.objects.create_superuser("moderator@example.org", "secret")


@pytest.fixture
def codes(db) -> None:
    section = Industry.objects.create(code="C", level=1, name_zh="制造业", name_en="Manufacturing")
    Industry.objects.create(code="C17", level=2, name_zh="纺织业", parent=section)
    province = Region.objects.create(code="33", level=1, name_zh="浙江省", name_en="Zhejiang")
    Region.objects.create(code="3301", level=2, name_zh="杭州市", parent=province)
    necessities = IpcSection.objects.create(code="A", name_zh="人类生活必需")
    IpcClass.objects.create(code="A61", name_zh="医学", section=necessities)


@pytest.fixture
def import_results(run, organisation, codes) -> Callable[..., Ran]:
    """Import a file of results for the institute."""

    def call(path: Path, *options: Any, kind: str = "results", **keywords: Any) -> Ran:
        return run(path, "--kind", kind, "--organisation", "institute", *options, **keywords)

    return call

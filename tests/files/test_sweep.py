"""Uploads of forms that were never saved go away; whatever something refers to stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.files import uploads
from marketplace.files.effects import PROVISIONAL_FOR, sweep_provisional
from marketplace.files.models import StoredFile
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from tests import factories

pytestmark = pytest.mark.django_db

A_MINUTE = timedelta(minutes=1)


def uploaded(*, provisional: bool, age: timedelta) -> StoredFile:
    stored = factories.make_file()
    stored.provisional = provisional
    stored.uploaded_at = timezone.now() - age
    stored.save()
    return stored


def test_old_provisional_files_go_with_their_bytes() -> None:
    old = uploaded(provisional=True, age=PROVISIONAL_FOR + A_MINUTE)
    young = uploaded(provisional=True, age=PROVISIONAL_FOR - A_MINUTE)
    kept = uploaded(provisional=False, age=PROVISIONAL_FOR * 9)
    storage = old.file.storage
    assert sweep_provisional() == 1
    assert set(StoredFile.objects.all()) == {young, kept}
    assert storage.exists(str(old.file.name)), "bytes go after the row is gone for good"
    assert effects.process_due() == 1
    assert not storage.exists(str(old.file.name))
    assert storage.exists(str(young.file.name))
    assert sweep_provisional() == 0


def test_bytes_that_are_gone_already_are_fine() -> None:
    old = uploaded(provisional=True, age=PROVISIONAL_FOR + A_MINUTE)
    old.file.storage.delete(str(old.file.name))
    sweep_provisional()
    effects.process_due()
    assert [effect.state for effect in Effect.objects.all()] == [Effect.State.DONE]


def test_keeping_makes_a_file_last() -> None:
    stored = uploaded(provisional=True, age=PROVISIONAL_FOR + A_MINUTE)
    uploads.keep([stored.pk])
    assert sweep_provisional() == 0
    assert StoredFile.objects.filter(pk=stored.pk).exists()


def test_a_crash_between_row_and_bytes_leaves_both_or_neither(monkeypatch: Any) -> None:
    stored = uploaded(provisional=True, age=PROVISIONAL_FOR + A_MINUTE)

    def crash(*_args: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(effects, "enqueue_many", crash)
    with pytest.raises(RuntimeError):
        sweep_provisional()
    assert StoredFile.objects.filter(pk=stored.pk).exists()

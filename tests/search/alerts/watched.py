"""Listings that meet, and watches on them."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import Membership
from marketplace.listings import lifecycle
from marketplace.outbox import effects
from marketplace.outbox.models import Effect
from search.alerts import watches
from search.models import Watch
from tests import factories

Work = Callable[..., int]
TITLE = "废旧锂电池正极材料回收工艺"
FITS = "锂电池正极材料回收方法"


def publish(title: str = FITS, **fields: Any) -> Any:
    return factories.make_result(summary_en="", title_zh=title, live=True, **fields)


def publish_with_work(work: Work, title: str = FITS, **fields: Any) -> Any:
    result = publish(title, **fields)
    work()
    return result


def save(user: Any, query: str, frequency: str = "at_once", name: str = "Mine") -> Watch:
    return watches.save_search(data=QueryDict(query), user=user, name=name, frequency=frequency)


def index_first(work: Work, *, before: str) -> None:
    """Do what is due up to the first effect of the kind `before`."""
    due = Effect.objects.filter(state=Effect.State.PENDING)
    while (first := due.first()) is not None and first.kind != before:
        batch = effects._lease_batch(timezone.now())
        effects._run(batch)
    assert due.filter(kind=before).exists()


def withdraw(watch: Watch, result: Any) -> None:
    lifecycle.withdraw(result, author=result.author)


def leave(watch: Watch, result: Any) -> None:
    Membership.objects.filter(user=watch.user).delete()


def browser_of(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client

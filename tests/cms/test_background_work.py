"""An administrator sees what stands still behind the site, and sends again what was given up."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.audit import trail
from marketplace.outbox import effects, periodic
from marketplace.outbox.models import Effect
from tests.cms.clients import parsed


@pytest.fixture
def mail(home: Any) -> Effect:
    """A mail that was given up."""
    payload = {"to": ["reader@example.org"], "subject": "News", "body": "Text", "html": ""}
    effect = effects.enqueue("notifications.email", payload)
    Effect.objects.filter(pk=effect.pk).update(state="failed", attempts=12, last_error="no server")
    effect.refresh_from_db()
    return effect


def page_of(client: Client) -> str:
    return parsed(client.get(reverse("background_work"))).text


def test_what_was_given_up_is_shown_and_sent_again(
    administrator_client: Client, mail: Effect
) -> None:
    text = page_of(administrator_client)
    assert "Send a mail" in text
    assert "no server" in text
    assert "1 piece of work was given up." in text
    answer = administrator_client.post(reverse("background_work"), {"effect": str(mail.pk)})
    assert answer.status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (Effect.State.PENDING, 0)
    assert trail.history(mail).get(action="effect.send_again").user is not None
    assert "no server" not in page_of(administrator_client)


@pytest.mark.parametrize("asked", ["", "nonsense", str(uuid.UUID(int=7))])
def test_what_was_not_given_up_is_not_sent_again(
    administrator_client: Client, mail: Effect, asked: str
) -> None:
    answer = administrator_client.post(reverse("background_work"), {"effect": asked}, follow=True)
    assert "It was sent again already." in answer.content.decode()
    mail.refresh_from_db()
    assert mail.state == Effect.State.FAILED


def test_a_moderator_neither_sees_nor_sends(moderator_client: Client, mail: Effect) -> None:
    assert moderator_client.get(reverse("background_work")).status_code == 302
    moderator_client.post(reverse("background_work"), {"effect": str(mail.pk)})
    mail.refresh_from_db()
    assert mail.state == Effect.State.FAILED
    home = moderator_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "given up" not in home


def test_the_editors_home_tells_administrators(administrator_client: Client, mail: Effect) -> None:
    panel = parsed(administrator_client.get(reverse("wagtailadmin_home"))).find(
        id="standstill-section"
    )
    assert "1 piece of work was given up." in panel.text
    assert panel.find("a", href=reverse("background_work"))


def test_the_editors_home_is_silent_while_all_goes_its_way(administrator_client: Client) -> None:
    periodic.run_due()
    home = administrator_client.get(reverse("wagtailadmin_home"))
    assert parsed(home).find(id="standstill-section") is None

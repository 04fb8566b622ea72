"""The listings of the table in each of their states, and what one person has of the site alone."""

import uuid
from typing import Any

from django.http import QueryDict

from cms.models import FeaturedPairing
from marketplace.accounts import invitations
from marketplace.listings import lifecycle
from marketplace.listings.models import ResultAttachment
from marketplace.listings.tiers import Tier
from marketplace.notifications import stopping as mail_stopping
from marketplace.notifications.models import Notification
from marketplace.notifications.topics import Topic
from search import decisions, matching
from search.alerts import stopping, watches
from search.models import Alert
from search.weighting import versions
from tests import factories
from tests.deals.factories import World

Places = dict[str, dict[str, Any]]


def listings(world: World) -> Places:
    """Return what addresses of a result ask for, by its state, and by the tier of a file of it."""
    fields = {"organisation": world.institution, "author": world.researcher}
    made = {state: factories.make_result(**fields) for state in ("draft", "submitted")}
    made |= {state: factories.make_result(**fields, live=True) for state in ("live", "withdrawn")}
    lifecycle.submit(made["submitted"], author=world.researcher)
    lifecycle.withdraw(made["withdrawn"], author=world.researcher)
    made["returned"] = _returned(factories.make_result(**fields, live=True))
    places = {state: _values(result) for state, result in made.items()}
    files = {tier: factories.make_file(f"{tier.name}.txt") for tier in Tier}
    attached = [ResultAttachment(file=f, title=t.name, tier=t) for t, f in files.items()]
    holder = factories.make_result(**fields, live=True, attachments=attached)
    for tier, file in files.items():
        places[f"{tier.name.lower()} file"] = {**_values(holder), "file": file.pk}
    places["draft"]["file"] = files[Tier.PUBLIC].pk
    pairing = FeaturedPairing.objects.create(
        result=made["live"], need=world.need, note_en="Both are samples."
    )
    places["pairing"] = {"pk": pairing.pk, "kind": "result"}
    places["expert"] = {"pk": factories.make_expert(made["live"]).pk, "name": "withdraw"}
    other = factories.make_result(world.enterprise, author=world.engineer, live=True)
    hidden = factories.make_expert(other)
    lifecycle.withdraw(hidden, author=world.engineer)
    places["hidden expert"] = {"pk": hidden.pk}
    places["pair"] = {"result": made["live"].pk, "need": world.need.pk}
    return places


def _returned(live: Any) -> Any:
    """Give the listing a newer version that a moderator has returned."""
    draft = lifecycle.working_copy(live)
    draft.summary_en = "A better sample."
    lifecycle.save_draft(draft, author=live.author)
    lifecycle.submit(live, author=live.author)
    factories.return_with(live, "Say what it is for.")
    return live


def _values(listing: Any) -> dict[str, Any]:
    return {"kind": listing.kind, "pk": listing.pk, "slug": listing.slug or "-"}


def belongings(world: World) -> Places:
    """Return what addresses of the researcher's own things ask for."""
    person = world.researcher
    watch = watches.save_search(
        data=QueryDict("q=battery"), user=person, name="Batteries", frequency="daily"
    )
    told = Notification.objects.create(
        recipient=person, topic=Topic.LISTINGS, subject="Look", url="/en/desk/"
    )
    alert = Alert.objects.create(user=person, watch=watch, effect=uuid.uuid4())
    pair = {"need": world.need, "result": world.result}
    match = matching.pair(**pair, viewer=person).frozen()
    decision = decisions.decide(**pair, verdict="accepted", by=person, match=match)
    admin = factories.make_administrator()
    versions.adopt(scales=versions.current(), note="As before.", by=admin, after=0)
    return {
        "watch": {"pk": watch.pk, "token": stopping.address(watch).split("/")[-2]},
        "notification": {
            "pk": told.pk,
            "token": mail_stopping.address(person, [Topic.LISTINGS]).split("/")[-2],
        },
        "alert": {"pk": alert.pk},
        "decision": {"pk": decision.pk},
    }


def membership(world: World, *, guest: Any) -> Places:
    """Return what addresses of the institution ask for; `guest` is invited to it."""
    invitation = invitations.invite(
        organisation=world.institution, email=guest.email, role="member", actor=world.dean
    )
    slug = world.institution.slug
    member = world.institution.memberships.get(user=world.researcher)
    return {
        "organisation": {"slug": slug},
        "membership": {"slug": slug, "pk": member.pk},
        "invitation": {"slug": slug, "pk": invitation.pk, "token": invitation.token},
    }

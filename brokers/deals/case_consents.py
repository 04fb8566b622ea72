"""Whether a deal may be told as a typical case: every party says so for itself, and may take it back.

Invariant: a deal is shown only while it stands and each of those who are parties now allows it; the
price only while each of them discloses it.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import progress, sections
from brokers.deals.models import CaseConsent, Deal, Party
from brokers.deals.room.people import signers_of
from brokers.deals.stages import IN_FORCE, Stage
from marketplace.accounts.permissions import require
from marketplace.notifications.notify import notify
from marketplace.notifications.topics import Topic

SHOWN = (*IN_FORCE, Stage.COMPLETED)
"""The stages of deals that have come about and are not in dispute."""


def consent_of(party: Party) -> CaseConsent | None:
    """Return what `party` said last."""
    return getattr(party, "case_consent", None)


def silent(deal: Deal) -> list[Party]:
    """Return the parties of `deal` that have said nothing yet."""
    return [party for party in deal.parties.all() if consent_of(party) is None]


def is_shown(deal: Deal) -> bool:
    """Whether `deal` may be told, from its parties read with their `case_consent`."""
    return are_agreed(deal.stage, deal.parties.all())


def are_agreed(stage: str, parties: Iterable[Party]) -> bool:
    """Whether a deal in `stage` with these `parties`, those of now, may be told."""
    said = [consent_of(party) for party in parties]
    return stage in SHOWN and all(one is not None and one.allows for one in said)


@transaction.atomic
def say(*, party: Party, allows: bool, is_named: bool, shows_price: bool, by: Any) -> None:
    """Say for `party` whether its deal may be shown, and if so whether with its name and the price.

    Raises `PermissionDenied` for who does not sign for it, `ValidationError` to allow it for a deal that
    has not come about.
    """
    require(by, "deal:sign", party)
    deal = Deal.objects.select_for_update().get(pk=party.deal_id)
    if allows and deal.stage not in SHOWN:
        raise ValidationError(_("Only a deal that has come about can be a typical case."))
    CaseConsent.objects.update_or_create(
        party=party,
        defaults={
            "allows": allows,
            "is_named": allows and is_named,
            "shows_price": allows and shows_price,
            "said_by": by,
            "said_at": timezone.now(),
        },
    )
    kind = "case_allowed" if allows else "case_refused"
    progress.record(deal=deal, kind=kind, actor=by, party=party.pk)


@transaction.atomic
def ask(*, deal: Deal, by: Any) -> None:
    """Ask the parties of `deal` that have said nothing yet. Raises `PermissionDenied`."""
    require(by, "deal:ask_for_case", deal)
    notify(
        signers_of(*silent(deal)),
        topic=Topic.DEALS,
        template="case_asked",
        url=sections.path(deal.pk, "case"),
        about=("deal:read", deal),
        context={"deal": deal},
    )
    progress.record(deal=deal, kind="case_asked", actor=by)

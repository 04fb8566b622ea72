"""Change the parties of a deal by an amendment: who leaves, who joins, who succeeds whom.

Invariant: a deal always has one institution, one enterprise and one lead of the research team; only
brokers and partner institutions come and go without a successor. The rows change when the amendment
takes force, never before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from brokers.deals import disclosure
from brokers.deals.models import Agreement, Complaint, Deal, Document, Party
from brokers.profiles.permissions import is_broker
from marketplace.accounts.models import Membership, Organisation

Role = Party.Role


@dataclass(frozen=True, kw_only=True)
class Change:
    """The party `leaves`, somebody joins in `role`, or both: then who joins succeeds who leaves.

    All are primary keys; a party that leaves without a successor has no `role`.
    """

    leaves: int | None = None
    role: str = ""
    organisation: int | None = None
    user: int | None = None

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def changes_of(agreement: Agreement) -> list[Change]:
    """Return the changes of parties that `agreement` makes, or made."""
    return [Change(**stored) for stored in agreement.party_changes]


def after(agreement: Agreement) -> list[Party]:
    """Return the parties once the draft `agreement` is in force; those that join are not stored."""
    deal = agreement.deal
    if agreement.state not in Agreement.PENDING:
        return list(deal.parties.all())
    changes = changes_of(agreement)
    leaving = {change.leaves: change for change in changes if change.leaves}
    found = []
    for party in deal.parties.all():
        change = leaving.get(party.pk)
        if change is None:
            found.append(party)
        elif change.role:
            found.append(_joining(deal, change))
    return found + [_joining(deal, change) for change in changes if not change.leaves]


def parties_of(agreement: Agreement) -> list[Party]:
    """Return who was, is or would be party by the proposed version `agreement`."""
    came = Q(joins_with=None) | Q(
        joins_with__version__lte=agreement.version, joined_at__isnull=False
    )
    went = Q(leaves_with__version__lte=agreement.version, left_at__isnull=False)
    found = Party.every.filter(came | Q(joins_with=agreement), deal=agreement.deal_id)
    found = found.exclude(went).exclude(leaves_with=agreement)
    return list(found.select_related("organisation", "user").order_by("pk"))


def institution_after(agreement: Agreement) -> Organisation:
    """Return the institution of the deal once `agreement` is in force."""
    found = (p.organisation for p in after(agreement) if p.role == Role.INSTITUTION)
    return next(organisation for organisation in found if organisation)


def problems(agreement: Agreement) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the changes of the draft `agreement`, with the number of the change."""
    current = {party.pk: party for party in agreement.deal.parties.all()}
    parties = after(agreement)
    organisations = [party.organisation_id for party in parties if party.organisation_id]
    people = [party.user_id for party in parties if party.role == Role.BROKER]
    left = [change.leaves for change in changes_of(agreement) if change.leaves]
    for number, change in enumerate(changes_of(agreement)):
        leaving = current.get(change.leaves or 0)
        if change.leaves and (leaving is None or left.count(change.leaves) > 1):
            yield number, _("This party does not take part, or is named twice.")
        elif leaving and not change.role and leaving.role not in Party.SEVERAL:
            yield number, _("%(party)s leaves only with a successor.") % {"party": leaving}
        elif _is_twice(change.organisation, organisations) or _is_twice(change.user, people):
            yield number, _("Whoever joins is a party already, or is named twice.")
        elif change.role == Role.BROKER:
            yield from ((number, text) for text in _no_broker(change, organisations))
        elif change.role == Role.TEAM and not _members(change, organisations).exists():
            yield number, _("The lead of the research team is a member of the institution.")


def _is_twice(pk: int | None, found: Sequence[int | None]) -> bool:
    return pk is not None and found.count(pk) > 1


def _no_broker(change: Change, organisations: Sequence[int]) -> Iterator[str]:
    """Yield why who joins cannot be a broker of this deal."""
    broker = _joining(Deal(), change).user
    if broker is None or not is_broker(broker):
        yield _("This person is not a verified broker.")
    elif _members(change, organisations).exists():
        yield _("This person cannot be the broker of this deal.")


def _members(change: Change, organisations: Sequence[int]) -> Any:
    return Membership.objects.filter(user=change.user, organisation__in=organisations)


def _joining(deal: Deal, change: Change) -> Party:
    party = Party(deal=deal, role=change.role, joined_at=None)
    party.organisation_id, party.user_id = change.organisation, change.user
    return party


def announce(agreement: Agreement) -> None:
    """Store who joins and who leaves with the proposed `agreement`, so that all of them can sign."""
    for change in changes_of(agreement):
        if change.leaves:
            Party.objects.filter(pk=change.leaves).update(leaves_with=agreement)
        if change.role:
            joining = _joining(agreement.deal, change)
            joining.joins_with = agreement
            joining.save()


def call_off(agreement: Agreement) -> None:
    """Forget who would have joined and left; who has signed keeps its row, for its signature."""
    Party.every.filter(leaves_with=agreement).update(leaves_with=None)
    Party.every.filter(joins_with=agreement, signatures=None).delete()


def take_place(agreement: Agreement) -> None:
    """Let those leave who leave with `agreement`, and those join who join with it."""
    now = timezone.now()
    leaving = list(Party.objects.filter(leaves_with=agreement).select_related("organisation"))
    Party.objects.filter(leaves_with=agreement).update(left_at=now)
    Party.every.filter(joins_with=agreement).update(joined_at=now)
    deal = Deal.objects.get(pk=agreement.deal_id)
    for party in leaving:
        if party.organisation is not None:
            disclosure.close_to(party.organisation, deal)
    if nda_in_force(deal):
        for party in Party.objects.filter(joins_with=agreement, organisation__isnull=False):
            disclosure.open_to(party)


def nda_in_force(deal: Deal) -> Document | None:
    """Return the confidentiality agreement that both organisations have signed, if there is one."""
    document = deal.documents.filter(kind=Document.Kind.NDA, withdrawn_at=None).first()
    signed = document is not None and document.signatures.count() >= 2
    return document if signed else None


def complaining(agreement: Agreement) -> list[Party]:
    """Return those who leave with `agreement` and are a side of a complaint that is not decided."""
    leaving = Party.objects.filter(leaves_with=agreement)
    is_open = Complaint.objects.filter(deal=agreement.deal_id, state=Complaint.State.OPEN)
    sides = Q(pk__in=is_open.values("by_party")) | Q(pk__in=is_open.values("against"))
    return list(leaving.filter(sides))

"""Open the nda tier of a deal's two listings to the organisations of its confidentiality agreement.

Invariant: a grant names its deal, is for an organisation that has signed, and ends when that leaves.
"""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from brokers.deals.models import Deal, Party
from marketplace.accounts.models import Organisation
from marketplace.listings.models import DisclosureGrant, Listing

NDA_TERM = timedelta(days=3 * 365)


def open_to(party: Party) -> None:
    """Open the listing of the other side to the organisation of `party`."""
    deal = party.deal
    listing: Listing = deal.result if party.role == Party.Role.ENTERPRISE else deal.need
    DisclosureGrant.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(listing),
        object_id=listing.pk,
        organisation=party.organisation,
        reason=deal.disclosure_ground,
        revoked_at=None,
        defaults={"valid_until": timezone.now() + NDA_TERM},
    )


def close_to(organisation: Organisation, deal: Deal) -> None:
    """End what `deal` opened to `organisation`."""
    grants = DisclosureGrant.objects.filter(organisation=organisation, revoked_at=None)
    grants.filter(reason=deal.disclosure_ground).update(revoked_at=timezone.now())

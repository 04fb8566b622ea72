"""Who may read how much of a listing: the one rule, as a predicate and as a queryset.

`access` and `with_access` say the same of every viewer and listing; a test holds them equal. A viewer
with access `t` reads the sections and files of tier `t` and below; without access, nothing at all.
"""

from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from marketplace.accounts.permissions import is_administrator, roles_of
from marketplace.listings.models import DisclosureGrant, Listing
from marketplace.listings.tiers import Tier

L = TypeVar("L", bound=Listing)


def _organisation_ids(viewer: Any) -> list[int]:
    return list(roles_of(viewer))


def access(viewer: Any, listing: Listing) -> Tier | None:
    """Return the highest tier of `listing` that `viewer` may read, or None."""
    if is_administrator(viewer):
        return Tier.PRIVATE
    organisations = _organisation_ids(viewer)
    if listing.organisation_id in organisations:
        return Tier.PRIVATE
    if not listing.live:
        return None
    if organisations and DisclosureGrant.objects.valid().filter(
        content_type=ContentType.objects.get_for_model(listing),
        object_id=listing.pk,
        organisation__in=organisations,
    ):
        return Tier.NDA
    return Tier.MEMBERS if viewer.is_authenticated else Tier.PUBLIC


def with_access(listings: QuerySet[L], viewer: Any) -> QuerySet[L]:
    """Annotate each of `listings` with `access`: the tier as a number, or NULL."""
    if is_administrator(viewer):
        return listings.annotate(access=Value(int(Tier.PRIVATE), IntegerField()))
    signed_in = Tier.MEMBERS if viewer.is_authenticated else Tier.PUBLIC
    rules = [When(live=False, then=Value(None))]
    if organisations := _organisation_ids(viewer):
        granted = DisclosureGrant.objects.valid().filter(
            content_type=ContentType.objects.get_for_model(listings.model),
            object_id=OuterRef("pk"),
            organisation__in=organisations,
        )
        own = When(organisation__in=organisations, then=Value(int(Tier.PRIVATE)))
        rules = [own, *rules, When(Exists(granted), then=Value(int(Tier.NDA)))]
    default = Value(int(signed_in))
    output = IntegerField(null=True)
    return listings.annotate(access=Case(*rules, default=default, output_field=output))


def visible_to(listings: QuerySet[L], viewer: Any) -> QuerySet[L]:
    """Return those of `listings` that `viewer` may read at all, annotated with `access`."""
    return with_access(listings, viewer).filter(access__isnull=False)


def live_for(listings: QuerySet[L], viewer: Any) -> QuerySet[L]:
    """Return the published ones of `listings`, annotated with `access`: what public lists show."""
    return with_access(listings.filter(live=True), viewer)


def may_see_organisation(listing: Listing, tier: Tier | None) -> bool:
    """Whether a reader with access `tier` may learn whose listing this is."""
    return tier is not None and (not listing.is_anonymous or tier >= Tier.NDA)

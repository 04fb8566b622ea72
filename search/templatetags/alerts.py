"""`{% offer_watch listing %}`: a form by which its own people have new matches told to them."""

from typing import Any

from django import template

from search.models import Watch

register = template.Library()


@register.inclusion_tag("search/alerts/offer.html", takes_context=True)
def offer_watch(context: template.Context, listing: Any) -> dict[str, Any]:
    """Offer to watch `listing`, or to change the watch there is; nothing for everybody else."""
    user = context["request"].user
    may_watch = user.is_authenticated and listing.live and user.has_perm("listing:watch", listing)
    watch = user.watches.filter(**{listing.kind: listing}).first() if may_watch else None
    return {
        "may_watch": may_watch,
        "csrf_token": context.get("csrf_token"),
        "listing": listing,
        "watch": watch,
        "frequencies": Watch.Frequency.choices,
        "chosen": watch.frequency if watch else Watch.Frequency.DAILY,
    }

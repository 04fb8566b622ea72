"""What listing pages show of deals: the link that introduces the two halves of a match."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from brokers.deals import sections
from brokers.deals.models import Deal
from brokers.deals.permissions import may_introduce
from brokers.deals.pipeline import record
from brokers.deals.reading import answering, bank_words
from brokers.payments.models import BankEntry, Charge, Refund, Transfer
from brokers.profiles.models import BrokerProfile
from marketplace.listings.models import ResearchResult, TechnologyNeed

register = template.Library()


@register.simple_tag
def deal_trail(deal: Deal, title: str = "", place: str = "") -> list[tuple[str, str]]:
    """Return the breadcrumb of a page below `deal`, and in it below the section of `place`, or of its
    own page without `title`.
    """
    trail = [(_("Your deals"), reverse("deals:mine"))]
    trail.append((deal.reference, deal.get_absolute_url() if title else ""))
    if place:
        section = sections.PLACES[place]
        trail.append((str(section.label), reverse(f"deals:{section}", args=[deal.pk])))
    return [*trail, (title, "")] if title else trail


@register.simple_tag
def deal_place(deal: Deal, place: str) -> str:
    """Return the address of `place`, one of `sections.PLACES`, on the page of `deal`."""
    return sections.address(deal.pk, place)


@register.simple_tag
def bank_trail(title: str = "") -> list[tuple[str, str]]:
    """Return the breadcrumb of a page about the bank, or of the list itself without `title`."""
    own = (_("At the bank"), reverse("deals:treasury") if title else "")
    return [(_("Your deals"), reverse("deals:mine")), own, *([(title, "")] if title else [])]


@register.simple_tag(takes_context=True)
def bank_tabs(context: template.Context) -> list[dict[str, Any]]:
    """Return the pages about the bank, for `components/tabs.html`; the reader's is marked."""
    request = context["request"]
    pages = {
        "treasury": _("To do"),
        "bank_statements": _("Bank statements"),
        "payout_lists": _("Payout lists"),
        "owed": _("Owed"),
        "reconciliation": _("Reconciliation"),
        **({"failures": _("Given up")} if request.user.has_perm("books:keep") else {}),
    }
    return [
        {
            "title": title,
            "url": reverse(f"deals:{name}"),
            "is_current": request.path == reverse(f"deals:{name}"),
        }
        for name, title in pages.items()
    ]


@register.filter
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    """Return the value of `key`, or nothing."""
    return mapping.get(key)


@register.inclusion_tag("deals/introduce_link.html", takes_context=True)
def introduce_link(
    context: template.Context, result: ResearchResult, need: TechnologyNeed
) -> dict[str, Any]:
    """Link to the page that introduces `result` and `need`, for who may: members and brokers."""
    user = context["request"].user
    is_shown = result.live and need.live and may_introduce(user, result, need)
    return {"result": result, "need": need, "is_shown": is_shown}


@register.inclusion_tag("deals/answer.html", takes_context=True)
def answer(context: template.Context, listing: Any) -> dict[str, Any]:
    """Say to the readers of a live listing how they get in touch, its own people aside."""
    request = context["request"]
    return {
        "listing": listing,
        "reader": answering.of(request.user, listing),
        "path": request.get_full_path(),
    }


@register.inclusion_tag("deals/broker_figures.html", takes_context=True)
def broker_figures(context: template.Context, profile: BrokerProfile) -> dict[str, Any]:
    """Show what a broker has done: public counts, and the way to the deals for who may read them."""
    user = context["request"].user
    return {
        "profile": profile,
        "figures": record.figures(profile.user),
        "may_read": user.is_authenticated and user.has_perm("broker:read_record", profile),
    }


@register.inclusion_tag("deals/broker_link.html", takes_context=True)
def broker_link(context: template.Context, listing: Any) -> dict[str, Any]:
    """Link from a live need to the brokers who fit it, for who may ask one."""
    user = context["request"].user
    is_need = isinstance(listing, TechnologyNeed) and listing.live
    return {"need": listing, "is_shown": is_need and user.has_perm("need:assign_broker", listing)}


@register.simple_tag
def bank_facts(subject: Charge | Transfer | Refund) -> list[tuple[str, Any]]:
    """Return what is due at the bank, for `components/facts.html`."""
    return list(bank_words.due(subject))


@register.simple_tag
def entry_facts(entry: BankEntry) -> list[tuple[str, Any]]:
    """Return what somebody recorded of the bank statement, for `components/facts.html`."""
    return list(bank_words.recorded(entry))

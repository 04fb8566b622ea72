"""The page of a listing: what its template is given. The moderator's and the author's preview is it too.

The template gets open values only.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from marketplace import dates
from marketplace.amounts import percentage
from marketplace.bilingual import shown_language
from marketplace.listings import experts, maturity, visibility
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.models import ExpertProfile
from marketplace.listings.tiers import Tier
from marketplace.money import Money
from marketplace.templatetags.components import amount_range
from marketplace.templatetags.money import amount

DETAIL = "listings/detail.html"
RELATED = ("organisation", "industry__parent__parent", "region__parent")
ROWS = ("figures", "ip_rights", "metrics")
CHILDREN = {"need": ("metrics",), "result": ("figures", "ip_rights", "ipc")}
"""What the page of each kind shows more of than stands in its row."""
Facts = Iterator[tuple[str, Any]]


def detail_context(disclosure: Disclosure) -> dict[str, Any]:
    """Return what the page of a listing shows to the reader of `disclosure`."""
    listing: Any = disclosure.listing
    return {
        "listing": listing,
        "trail": _trail(listing),
        "kind": listing.kind,
        "title": listing.title,
        "summary": listing.summary,
        "lang": shown_language(listing, "title"),
        "organisation": disclosure.organisation,
        "published": listing.first_published_at,
        "is_challenge": listing.kind == "need" and listing.is_open_challenge,
        "facts": list(_facts(disclosure)),
        "sections": list(_sections(disclosure)),
        "experts": _experts(disclosure),
        "files": disclosure.attachments,
        "closed": _closed(disclosure),
    }


def preview_context(listing: Any, viewer: Any, audience: Tier | None = None) -> dict[str, Any]:
    """Return the page of `listing`, a version that may not be live, as `audience` would see it.

    Without `audience` it is as far as `viewer` may look: the own organisation and administrators
    everything, moderators all but what is closed to everybody else. Callers have asked
    `listing:preview`.
    """
    own = visibility.access(viewer, listing) == Tier.PRIVATE
    furthest = Tier.PRIVATE if own else Tier.NDA
    tier = furthest if audience is None else min(audience, furthest)
    return {
        **detail_context(Disclosure(listing, tier)),
        "is_preview": True,
        "audience": tier,
        "audiences": [other for other in Tier if other <= furthest],
    }


def _experts(disclosure: Disclosure) -> list[ExpertProfile]:
    """Return who of the team has a page, where everybody may read who is on it."""
    listing: Any = disclosure.listing
    return list(experts.of_result(listing)) if listing.kind == "result" else []


def _trail(listing: Any) -> list[tuple[str, str]]:
    plural = capfirst(str(listing._meta.verbose_name_plural))
    return [
        (_("Home"), reverse("wagtail_serve", args=[""])),
        (plural, reverse(f"listings:{listing.kind}s")),
        (Truncator(listing.title).chars(60), ""),
    ]


def _closed(disclosure: Disclosure) -> list[tuple[Tier, list[str]]]:
    """Return what the reader may not read yet, by the tier that would open it."""
    closed: dict[Tier, list[str]] = {}
    for section, tier in disclosure.closed_sections:
        closed.setdefault(tier, []).append(capfirst(str(section.label)))
    for tier, count in disclosure.closed_files.items():
        closed.setdefault(tier, []).append(_("Files (%(count)d)") % {"count": count})
    return sorted(closed.items())


def _sections(disclosure: Disclosure) -> Iterator[dict[str, Any]]:
    """Yield the open sections that are texts or rows; the others stand among the facts."""
    for name, section in disclosure.open_sections.items():
        shown = {"name": name, "label": section.label, "tier": disclosure.listing.tier_of(name)}
        if name in ROWS:
            yield {**shown, "rows": disclosure.value(name).all()}
        elif f"{name}_zh" in section.fields:
            lang = shown_language(disclosure.listing, name)
            yield {**shown, "text": disclosure.text(name), "lang": lang}


def _facts(disclosure: Disclosure) -> Facts:
    listing: Any = disclosure.listing
    yield _("Organisation"), disclosure.organisation or _("Anonymous organisation")
    yield _("Region"), _place(listing.region)
    yield _("Industry"), listing.industry and f"{listing.industry.name} ({listing.industry.code})"
    yield from _result_facts(disclosure) if listing.kind == "result" else _need_facts(disclosure)
    yield _("Ways of working together"), " · ".join(map(str, listing.get_cooperation_modes_list()))
    yield _("Keywords"), " · ".join(listing.keywords)
    yield _("Confirmed by its owner"), _day(listing.verified_on)


def _result_facts(disclosure: Disclosure) -> Facts:
    listing: Any = disclosure.listing
    yield _("Readiness level"), _level(listing.trl)
    yield _("Patent classes (IPC)"), " · ".join(f"{c.code} {c.name}" for c in listing.ipc.all())
    if disclosure.opens("price"):
        yield _("Price expectation"), _range(disclosure, "price_min", "price_max")
    if disclosure.opens("ownership"):
        yield _("Owner of the service invention"), listing.get_ownership_display()
        if listing.team_share is not None:
            share = f"{listing.team_share.normalize():f}"
            yield _("Share of ownership granted to the team"), percentage(share)


def _need_facts(disclosure: Disclosure) -> Facts:
    listing: Any = disclosure.listing
    yield _("Lowest readiness level"), _level(listing.min_trl)
    if disclosure.opens("budget"):
        yield _("Budget"), _range(disclosure, "budget_min", "budget_max")
    yield _("Deadline"), _day(listing.deadline)
    if listing.reward is not None:
        yield _("Reward"), amount(Money(listing.reward, listing.currency), short=True)


def _place(region: Any) -> str:
    if region is None:
        return ""
    return f"{region.parent.name} · {region.name}" if region.parent else region.name


def _level(trl: int | None) -> str:
    return f"TRL {trl} – {maturity.LEVELS[trl]}" if trl else ""


def _day(day: Any) -> str:
    if not day:
        return ""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), dates.day(day))


def _range(disclosure: Disclosure, low: str, high: str) -> str:
    lowest, highest = disclosure.money(low), disclosure.money(high)
    return amount_range(lowest, highest) if lowest or highest else ""

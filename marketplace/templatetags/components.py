"""The tags behind `templates/components/`. They know no app: they take plain values, pages and forms.

Every component is shown with its parameters on /styleguide/.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext

from marketplace.amounts import localised
from marketplace.bilingual import site_name
from marketplace.figures import (
    SCALE,
    Contribution,
    ContributionRow,
    Day,
    Step,
    column_heights,
    contribution_rows,
    shown_score,
    waterfall_rows,
)
from marketplace.money import Money
from marketplace.templatetags.money import amount

register = template.Library()

THEMES = ("light", "dark")
OWN_NAMES = {"zh-hans": "中文"}
HIGHEST_TRL = 9
DRAWN = 2_000
"""Bars and points that are drawn once only: a page shows a hundred of them."""

register.simple_tag(site_name)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """Return the theme the reader chose, `light` or `dark`, or nothing: follow the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in THEMES else ""


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """Return this page's address in every language: `code`, own `name`, `url`, `is_current`.

    A Wagtail page without a translation leads to the home page of the other language; `is_same` says
    that it is not so.
    """
    request, page = context.get("request"), context.get("page")
    here = request.get_full_path() if request else "/"
    current = get_language()
    if hasattr(page, "get_translations"):
        urls = _page_urls(page, request)
    else:
        urls = {
            code: here if code == current else translate_url(here, code)
            for code, _name in settings.LANGUAGES
        }
    return [
        {
            "code": code,
            "name": OWN_NAMES.get(code) or get_language_info(code)["name_local"],
            "url": urls.get(code, f"/{code}/"),
            "is_current": code == current,
            "is_same": code in urls,
        }
        for code, _name in settings.LANGUAGES
    ]


def _page_urls(page: Any, request: Any) -> dict[str, str]:
    """Return the addresses of a Wagtail page in the languages that it is published in."""
    versions = page.get_translations(inclusive=True).filter(live=True).select_related("locale")
    return {version.locale.language_code: version.get_url(request) or "" for version in versions}


@register.inclusion_tag("components/navigation_item.html", takes_context=True)
def navigation_item(context: template.Context, url: str, title: str) -> dict[str, Any]:
    """Link to `url` in a menu, marked when the reader is there or below; nothing without `url`."""
    request = context.get("request")
    path = request.path if request else ""
    is_below = bool(url) and url.strip("/").count("/") > 0 and path.startswith(url)
    current = "page" if path == url else "true" if is_below else ""
    return {"url": url, "title": title, "current": current}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw an icon of `static/img/icons.svg`; screen readers get the text beside it instead."""
    return format_html(
        '<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.filter
def digits(money: Money) -> str:
    """Write an amount without its currency, for columns whose head names it."""
    return localised(money)


@register.simple_tag
def amount_range(low: Money | None, high: Money | None) -> str:
    """Write a budget or a price expectation, of which either end may be unknown."""
    if low and high and low != high:
        return format_html("{} – {}", localised(low, short=True), amount(high, short=True))
    if low and high:
        return amount(low, short=True)
    if low:
        return format_html(gettext("from {amount}"), amount=amount(low, short=True))
    if high:
        return format_html(gettext("up to {amount}"), amount=amount(high, short=True))
    return gettext("Not stated")


@register.simple_tag
def trl(level: int | None) -> SafeString:
    """Draw a technology readiness level from 1 to 9 as a ladder; None is shown as not stated."""
    return _ladder(level, get_language())


@lru_cache(maxsize=(HIGHEST_TRL + 1) * len(settings.LANGUAGES))
def _ladder(level: int | None, _language: str | None) -> SafeString:
    steps = [f"M{6 * n} 0h4v12h-4z" for n in range(HIGHEST_TRL)]
    reached, missing = "".join(steps[: level or 0]), "".join(steps[level or 0 :])
    context = {"level": level, "reached": reached, "missing": missing}
    return render_to_string("components/trl.html", context)


@register.simple_tag
def bar(value: float, maximum: float = 100) -> SafeString:
    """Draw `value` of `maximum` as a bar, for the eye only: write the number beside it."""
    share = min(max(value / maximum, 0), 1) if maximum else 0
    return _bar(round(share * SCALE), SCALE)


@lru_cache(maxsize=DRAWN)
def _bar(width: int, track: int) -> SafeString:
    return format_html(
        '<svg class="bar" viewBox="0 0 {0} 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar__track" width="{1}" height="8"/>'
        '<rect class="bar__fill" width="{2}" height="8"/></svg>',
        SCALE,
        track,
        width,
    )


@register.inclusion_tag("components/score.html")
def score(value: float, label: str = "") -> dict[str, Any]:
    """Show a match score from 0 to 100."""
    return {"value": round(value), "label": label}


@register.inclusion_tag("components/reasons.html")
def reasons(contributions: Iterable[Contribution], caption: str = "") -> dict[str, Any]:
    """Show the contributions of a score as bars in a table; the points shown sum to the score shown."""
    items = list(contributions)
    return {
        "rows": list(map(_reason, contribution_rows(contributions=items))),
        "score": _points(shown_score(contributions=items), Decimal(100), get_language()),
        "caption": caption,
    }


def _reason(row: ContributionRow) -> SafeString:
    shown = replace(
        row.contribution, label=str(row.contribution.label), detail=str(row.contribution.detail)
    )
    return _reason_row(replace(row, contribution=shown), get_language())


@lru_cache(maxsize=DRAWN)
def _reason_row(row: ContributionRow, language: str | None) -> SafeString:
    context = {
        "contribution": row.contribution,
        "bar": _bar(row.width, row.track),
        "points": _points(row.points, row.maximum, language),
    }
    return render_to_string("components/reason.html", context)


@lru_cache(maxsize=DRAWN)
def _points(points: Decimal, maximum: Decimal, _language: str | None) -> str:
    return gettext("%(points)s of %(maximum)s") % {
        "points": localize(points),
        "maximum": floatformat(maximum),
    }


@register.inclusion_tag("components/waterfall.html")
def waterfall(steps: Sequence[Step], caption: str = "") -> dict[str, Any]:
    """Show how an amount becomes shares: one table, each row with its bar."""
    rows = waterfall_rows(steps=steps)
    currency = steps[0].amount.currency if steps else ""
    return {"rows": rows, "caption": caption, "currency": currency}


@register.inclusion_tag("components/columns.html")
def columns(days: Sequence[Day]) -> dict[str, Any]:
    """Draw the count of each day as a column, for the eye only: put a table beside it."""
    heights = column_heights(values=[one.count for one in days])
    bars = [
        {"x": 10 * n, "y": SCALE - height, "height": height} for n, height in enumerate(heights)
    ]
    return {"days": days, "bars": bars, "width": 10 * len(bars), "scale": SCALE}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Link the pages around `page` by the parameter `page`, keeping every other parameter."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"request": context["request"], "page": page, "numbers": numbers}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """List all errors of `forms` at the top of the page, each a link to its field."""
    errors = [
        {"text": text, **_field_of(form, name)}
        for form in forms
        for name, texts in form.errors.items()
        for text in texts
    ]
    return {"errors": errors}


def _field_of(form: BaseForm, name: str) -> dict[str, Any]:
    """Return label and element of the field of an error; nothing for the form as a whole."""
    if name not in form.fields:
        return {}
    field = form[name]
    return {"label": field.label, "target": field.id_for_label or field.auto_id}

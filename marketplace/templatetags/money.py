"""How numbers stand in templates: `{{ money|amount }}`, `{{ points|percent }}`, `{{ all|counted }}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.amounts import counted, localised, percent_digits, percentage, with_currency
from marketplace.money import Money

register = template.Library()


@register.filter
def amount(value: Money | None, short: bool = False) -> SafeString | str:
    """Render an amount in the reader's locale with its currency, for right-aligned columns.

    The class `amount` gives tabular figures; `None` renders nothing. `short` is for prices that
    people name, not for bookkeeping: decimals that are all zero are left out.
    """
    if not isinstance(value, Money):
        return ""
    return format_html(
        '<data class="amount" value="{}">{} <span class="amount-currency">{}</span></data>',
        value.digits,
        localised(value, short=short),
        value.currency,
    )


@register.filter
def amount_text(value: Money | None) -> str:
    """Return the amount in the reader's locale as plain text: mails, titles, PDF."""
    return with_currency(value) if isinstance(value, Money) else ""


@register.filter
def percent(basis_points: int | None) -> str:
    """Render basis points as a percentage: 1250 is "12.5%"."""
    return percentage(percent_digits(basis_points)) if isinstance(basis_points, int) else ""


register.filter("counted", counted)
register.filter("percentage", percentage)

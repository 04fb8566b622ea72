"""The choices of a facet, a hundred on a page: drawn without a template, which takes five times as
long.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from search.panel import Choice, Facet

register = template.Library()

_PLACE = '<li><a href="{}" id="{}-{}" lang="{}">{}</a> <span class="facet__hits">{}</span></li>\n'
_CHOICE = (
    '<label class="choice facet__choice">'
    '<input type="{}" id="id_{}_{}" name="{}" value="{}"{}> <span>{}</span> {}</label>\n'
)
_HITS = '<span class="facet__hits">{}</span>'
_CHECKED = SafeString(" checked")


@register.simple_tag
def facet_places(facet: Facet, choices: Iterable[Choice]) -> SafeString:
    """List places in a tree as links, each with its number of hits."""
    return format_html_join(
        "",
        _PLACE,
        ((c.url, facet.name, c.value, c.language, c.label, c.hits) for c in choices),
    )


@register.simple_tag
def facet_choices(facet: Facet, choices: Iterable[Choice]) -> SafeString:
    """List values as inputs with labels, each with its number of hits if that is known."""
    return format_html_join(
        "",
        _CHOICE,
        (
            (
                facet.type,
                facet.name,
                choice.value or "any",
                facet.name,
                choice.value,
                _CHECKED if choice.is_chosen else "",
                choice.label,
                "" if choice.hits is None else format_html(_HITS, choice.hits),
            )
            for choice in choices
        ),
    )

"""`{% main_menu as entries %}` and `{% footer_menu as entries %}`: what editors put into the menus."""

from collections.abc import Sequence

from django import template

from cms import navigation

register = template.Library()


def _menu(context: template.Context, place: str) -> Sequence[navigation.Entry]:
    request = context.get("request")
    return navigation.menu(request, place) if request else ()


@register.simple_tag(takes_context=True)
def main_menu(context: template.Context) -> Sequence[navigation.Entry]:
    """Return the entries of the header's menu, each with `title` and `url`."""
    return _menu(context, "header")


@register.simple_tag(takes_context=True)
def footer_menu(context: template.Context) -> Sequence[navigation.Entry]:
    """Return the entries of the footer's menu, each with `title` and `url`."""
    return _menu(context, "footer")

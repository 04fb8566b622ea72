"""The pages that a new site begins with, in both languages.

A page is only written while nobody has edited it: a revision with a user ends the say of this module.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from wagtail.blocks import StreamValue
from wagtail.models import Locale, Page

from cms.models import CaseIndexPage, ContentPage, HomePage, NewsIndexPage
from cms.setup.copy import (
    HOME,
    Copy,
    Texts,
    content_fields,
    home_fields,
    index_fields,
    with_neutral,
)
from cms.setup.site import ensure_locales

HOME_SLUG = "marketplace"
INDEXES: dict[str, type[Page]] = {"news": NewsIndexPage, "cases": CaseIndexPage}
"""The pages that list others, by their keys in the copy."""


@transaction.atomic
def ensure_pages(copy: Copy | None = None, *, rewrite: bool = False) -> HomePage:
    """Make the pages of `copy` that are missing; return the home page in the default language.

    `copy` (see `cms.setup.copy`) stands on top of the neutral copy. With `rewrite`, pages that nobody
    has edited take its texts too.
    """
    locales = ensure_locales()
    pages = with_neutral(copy or {})
    texts = pages.pop(HOME)
    home = HomePage.objects.filter(locale=locales[0]).first() or _begin(
        HomePage(slug=HOME_SLUG, locale=locales[0], **home_fields(texts[_suffix(locales[0])])),
        below=Page.get_first_root_node(),
    )
    _ensure_versions(home, home_fields, texts, rewrite)
    for key, languages in pages.items():
        model = INDEXES.get(key, ContentPage)
        fields_of = index_fields if key in INDEXES else content_fields
        slug = key.replace("_", "-")
        ensure_page(model, slug, languages, fields_of, below=home, rewrite=rewrite)
    return home


def ensure_page(
    model: type[Page],
    slug: str,
    languages: Mapping[str, Texts],
    fields_of: Callable[[Texts], dict[str, Any]],
    *,
    below: Page,
    rewrite: bool = False,
) -> None:
    """Make the page with `slug` below `below` in every language, where it is missing."""
    fields = fields_of(languages[_suffix(below.locale)])
    page = model.objects.child_of(below).filter(slug=slug).first() or _begin(
        model(slug=slug, locale=below.locale, **fields), below=below
    )
    _ensure_versions(page, fields_of, languages, rewrite)


def _begin(page: Any, *, below: Page) -> Any:
    page.live = False
    return below.add_child(instance=page)


def _ensure_versions(
    page: Page,
    fields_of: Callable[[Texts], dict[str, Any]],
    languages: Mapping[str, Texts],
    rewrite: bool,
) -> None:
    """Write `page` and its version in each other language, where they are new or may be rewritten."""
    for locale in ensure_locales():
        version = page if page.locale_id == locale.pk else _translation(page, locale)
        if version.first_published_at is None or (rewrite and _is_untouched(version)):
            _write(version, fields_of(languages[_suffix(locale)]))


def _translation(page: Page, locale: Locale) -> Page:
    return page.get_translation_or_none(locale) or page.copy_for_translation(locale)


def _suffix(locale: Locale) -> str:
    """Return the language as the copy names it: `zh` or `en`."""
    return locale.language_code.partition("-")[0]


def _is_untouched(page: Page) -> bool:
    return page.live and not page.revisions.exclude(user=None).exists()


def _write(page: Page, fields: dict[str, Any]) -> None:
    if page.live and all(_plain(getattr(page, name)) == _plain(fields[name]) for name in fields):
        return
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def _plain(value: Any) -> Any:
    """Return a field's value in raw form and without the numbers that Wagtail gives to blocks."""
    if isinstance(value, StreamValue):
        return _plain(value.get_prep_value())
    if isinstance(value, dict):
        marks = {"id"} if "type" in value else set()
        return {key: _plain(part) for key, part in value.items() if key not in marks}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value

"""The one allowlist of markup that editors may publish: what it does not name does not reach a page.

Wagtail keeps whatever a request sends, so rich text is cleaned when it is stored and again when it is
shown. No picture, no style, no script, and links only to places a reader expects.
"""

import nh3
from wagtail.rich_text import RichText, expand_db_html

FEATURES = [
    "h3",
    "h4",
    "bold",
    "italic",
    "superscript",
    "subscript",
    "ol",
    "ul",
    "link",
    "document-link",
]
_TAGS = {"p", "br", "h3", "h4", "b", "strong", "i", "em", "sup", "sub", "ol", "ul", "li", "a"}
_SCHEMES = {"http", "https", "mailto", "tel"}
_STORED_ATTRIBUTES = {
    "*": {"data-block-key"},
    "a": {"href", "linktype", "id"},
}


def clean_stored(source: str) -> str:
    """Return rich text in Wagtail's database form with only what the allowlist names."""
    return nh3.clean(
        source, tags=_TAGS, attributes=_STORED_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None
    )


def clean_shown(html: str) -> str:
    """Return markup that is safe on a page, with only what the allowlist names."""
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener"
    )


class CleanRichText(RichText):
    """Rich text that passes the allowlist whichever way a template shows it."""

    def __html__(self) -> str:
        return clean_shown(expand_db_html(self.source))

"""Makes news and cases below the site's lists of them."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Drawing
from wagtail.images.models import Image

from cms.blocks import CASE_PARTS
from cms.models import CaseIndexPage, CasePage, NewsIndexPage, NewsPage

wagtails_files = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
"""Wagtail leaves a file in memory open where it makes a picture smaller."""


def make_picture(title: str = "Sample picture", *, name: str = "sample.png") -> Image:
    drawn = BytesIO()
    Drawing.new("RGB", (64, 48), "teal").save(drawn, "PNG")
    return Image.objects.create(title=title, file=ContentFile(drawn.getvalue(), name=name))


def make_news(title: str = "Sample news", *, language: str = "en", **fields: Any) -> NewsPage:
    index = NewsIndexPage.objects.get(locale__language_code=language)
    text = [{"type": "text", "value": "<p>A sample.</p>"}]
    page = NewsPage(title=title, **{"introduction": "In short.", "body": text, **fields})
    return index.add_child(instance=page)


def make_case(deal: Any, *, language: str = "en", **fields: Any) -> CasePage:
    """Make a published case of `deal`; fields named as its parts hold their texts."""
    index = CaseIndexPage.objects.get(locale__language_code=language)
    said = {name: fields.pop(name, f"About the {name}.") for name in CASE_PARTS}
    body = [{"type": name, "value": f"<p>{text}</p>"} for name, text in said.items()]
    texts = {"title": "A sample case", "introduction": "In short.", "body": body}
    return index.add_child(instance=CasePage(deal=deal.pk, **{**texts, **fields}))

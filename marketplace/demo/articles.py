"""Sample news, and typical cases of sample deals whose parties agree to be shown."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Drawing
from PIL import ImageDraw
from wagtail.images.models import Image

from brokers.deals import case_consents
from brokers.deals.models import Deal, Introduction
from cms.blocks import CASE_PARTS
from cms.models import CaseIndexPage, CasePage, HomePage, NewsIndexPage, NewsPage
from cms.setup import ensure_page
from cms.setup.copy import Texts, content_fields, index_fields
from marketplace.demo import listings, source
from marketplace.demo.deals import representative

SIZE = (1440, 810)
GROUND, TONES = "#10344a", ("#1d5b79", "#2b7f97", "#4aa5ad", "#8cc7bf", "#d9ebe0")
ALT = {"zh-hans": "示例图案：重叠的圆", "en": "Sample pattern: overlapping circles"}


def load() -> None:
    """Publish the sample articles that are missing, in both languages."""
    home = HomePage.objects.get(locale__language_code="zh-hans")
    for row in source.read("articles")["news"]:
        _publish(NewsPage, NewsIndexPage.objects.child_of(home).get(), row, _news_fields(row))
    for row in source.read("articles")["cases"]:
        deal = Deal.objects.get(
            result=listings.result(row["result"]), need=listings.need(row["need"])
        )
        _agree(deal, row)
        _publish(CasePage, CaseIndexPage.objects.child_of(home).get(), row, _case_fields(deal))


def _publish(model: Any, below: Any, row: dict[str, Any], fields_of: Any) -> None:
    if model.objects.child_of(below).filter(slug=row["slug"]).exists():
        return
    ensure_page(model, row["slug"], {"zh": row["zh"], "en": row["en"]}, fields_of, below=below)
    if row.get("picture", True):
        picture = _picture(row["slug"])
        for page in model.objects.filter(slug=row["slug"]):
            page.picture, page.picture_alt = picture, ALT[page.locale.language_code]
            page.save_revision().publish()


def _news_fields(row: dict[str, Any]) -> Any:
    return lambda texts: {**content_fields(texts), "date": source.day(row["date"])}


def _case_fields(deal: Deal) -> Any:
    def fields(texts: Texts) -> dict[str, Any]:
        body = [{"type": name, "value": f"<p>{texts[name]}</p>"} for name in CASE_PARTS]
        return {**index_fields(texts), "deal": deal.pk, "body": body}

    return fields


def _agree(deal: Deal, row: dict[str, Any]) -> None:
    """Let the parties of `deal` that have not answered yet agree, long after their introduction."""
    silent = deal.parties.filter(case_consent=None)
    if silent:
        introduced_at = deal.created_at - timedelta(days=row["days"])
        Introduction.objects.filter(deal=deal).update(created_at=introduced_at)
    for party in silent:
        by = representative(party.organisation) if party.organisation else party.user
        said = {"is_named": row["is_named"], "shows_price": row["shows_price"]}
        case_consents.say(party=party, allows=True, by=by, **said)


def _picture(key: str) -> Image:
    """Draw a pattern of circles that differs from key to key."""
    drawn, content = Drawing.new("RGB", SIZE, GROUND), BytesIO()
    pen = ImageDraw.Draw(drawn, "RGBA")
    for number, tone in enumerate(TONES):
        seed = sum(map(ord, key)) * (number + 3)
        x, y, radius = seed % SIZE[0], seed * 7 % SIZE[1], 420 - 70 * number
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=f"{tone}b0")
    drawn.save(content, "PNG")
    file = ContentFile(content.getvalue(), name=f"{key}.png")
    return Image.objects.create(title=key, file=file)

"""Sample results and needs, written and approved the way people do it."""

from typing import Any

from django.core.files.base import ContentFile

from marketplace import money
from marketplace.accounts.models import Organisation
from marketplace.demo import source
from marketplace.demo.people import person
from marketplace.files import uploads
from marketplace.listings import lifecycle
from marketplace.listings.models import (
    IpRight,
    Listing,
    NeedMetric,
    ResearchResult,
    ResultAttachment,
    ResultFigure,
    TechnologyNeed,
)
from marketplace.listings.tiers import Tier
from marketplace.taxonomy.codes import short_region_code
from marketplace.taxonomy.models import IpcClass

SOURCE = "sample"


def load() -> None:
    """Make the sample listings that are missing; publish all but those that wait for a moderator."""
    for row in source.read("results"):
        if not ResearchResult.objects.filter(source=SOURCE, external_id=row["id"]).exists():
            _send(_result(row), row)
    for row in source.read("needs"):
        if not TechnologyNeed.objects.filter(source=SOURCE, external_id=row["id"]).exists():
            _send(_need(row), row)


def result(key: str) -> ResearchResult:
    """Return a sample result by its key in the data."""
    return ResearchResult.objects.get(source=SOURCE, external_id=key)


def need(key: str) -> TechnologyNeed:
    """Return a sample need by its key in the data."""
    return TechnologyNeed.objects.get(source=SOURCE, external_id=key)


def _send(listing: Listing, row: dict[str, Any]) -> None:
    lifecycle.save_draft(listing, author=listing.author)
    if row.get("awaits_approval"):
        lifecycle.submit(listing, author=listing.author)
    else:
        lifecycle.publish(listing, moderator=person("moderator@example.org"))


def _common(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **source.bilingual(row, "title", "summary", "problem", "details"),
        "keywords_zh": "、".join(row["keywords_zh"]),
        "keywords_en": ", ".join(row["keywords_en"]),
        "organisation": Organisation.objects.get(slug=row["organisation"]),
        "author": person(row["author"]),
        "industry_id": row["industry"],
        "region_id": short_region_code(row["region"]),
        "cooperation_modes": row["cooperation_modes"],
        "tiers": {name: int(Tier[tier.upper()]) for name, tier in row["tiers"].items()},
        "source": SOURCE,
        "external_id": row["id"],
    }


def _result(row: dict[str, Any]) -> ResearchResult:
    invention = row["service_invention"] or {}
    listing = ResearchResult(
        **_common(row),
        **source.bilingual(row, "advantage", "application", "team"),
        **_range("price", row["price_expectation"]),
        trl=row["trl"],
        ownership=invention.get("owner", ""),
        team_share=invention.get("team_share_percent"),
    )
    listing.ipc = list(IpcClass.objects.filter(pk__in={code[:3] for code in row["ipc"]}))
    listing.figures = [ResultFigure(**figure) for figure in row["figures"]]
    listing.ip_rights = [IpRight(**right) for right in row["ip_rights"]]
    listing.attachments = [
        _attachment(listing, number, file)
        for number, file in enumerate(row["attachments"], start=1)
    ]
    return listing


def _need(row: dict[str, Any]) -> TechnologyNeed:
    listing = TechnologyNeed(
        **_common(row),
        **_range("budget", row["budget"]),
        min_trl=row["min_trl"],
        deadline=source.day(row["deadline"]),
        anonymous=row["anonymous"],
        reward=_minor(row["challenge_reward"]),
    )
    listing.metrics = [NeedMetric(**metric) for metric in row["metrics"]]
    return listing


def _attachment(listing: Listing, number: int, row: dict[str, Any]) -> ResultAttachment:
    title = row["title_zh"] or row["title_en"]
    content = ContentFile(row["body"].encode(), name=f"{listing.external_id}-{number}.txt")
    stored = uploads.store(uploads.check(content), uploaded_by=listing.author)
    return ResultAttachment(file=stored, title=title, tier=int(Tier[row["tier"].upper()]))


def _range(name: str, row: dict[str, str] | None) -> dict[str, int | None]:
    row = row or {}
    return {f"{name}_min": _minor(row.get("min")), f"{name}_max": _minor(row.get("max"))}


def _minor(text: str | None) -> int | None:
    return money.parse(text, "CNY").amount if text else None

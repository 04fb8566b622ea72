"""Fills a database with published listings, recombined from the texts of ../shared/data, seeded.

Nothing of it is written through the services of the site: half a million listings would take a day.
`python -m tests.bench.crowd NUMBER` brings the database of the settings to so many, without
indexing.
"""

import json
import os
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    django.setup()

from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import IpRight, Listing, ResearchResult, TechnologyNeed
from marketplace.listings.models.listing import CooperationMode
from marketplace.taxonomy.models import Industry, Region
from tests.bench.data import DATA

SEED = 20_261_122
NEEDS = 0.2
"""The part of the listings that are needs."""
CHUNK = 2_000
SUMMARY = 200
"""Characters of a text that stand in the summary."""


class Source(NamedTuple):
    """Texts of one `kind` and language, and how often they are taken."""

    suffix: str
    texts: list[tuple[str, str]]
    weight: int


def fill(total: int) -> None:
    """Add published listings until there are `total`, a fifth of the new ones needs."""
    number = total - sum(
        model._default_manager.filter(live=True).count() for model in KINDS.values()
    )
    chosen = random.Random(SEED + number)  # noqa: S311
    results = _Writer(ResearchResult, _sources("result"), chosen)
    needs = _Writer(TechnologyNeed, _sources("need"), chosen)
    needs.write(round(number * NEEDS))
    results.write(number - round(number * NEEDS))


def _sources(kind: str) -> list[Source]:
    if kind == "need":
        return [
            Source("zh", _texts("platform/needs.jsonl"), 3),
            Source("en", _texts("sbir/queries.jsonl"), 1),
        ]
    return [
        Source("zh", _texts("platform/results.jsonl"), 2),
        Source("zh", _texts("csl/docs.jsonl"), 1),
        Source("en", _texts("sbir/docs.jsonl"), 1),
    ]


def _texts(name: str) -> list[tuple[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    found = [((row.get("title") or "").split(), (row.get("text") or "").strip()) for row in rows]
    return [(" ".join(title) or " ".join(text.split()[:12]), text) for title, text in found if text]


class _Writer:
    """Makes listings of `model`, each of the title of one text and the halves of two others."""

    def __init__(self, model: type[Listing], sources: list[Source], chosen: random.Random) -> None:
        self.model = model
        self.sources = sources
        self.chosen = chosen
        self.author = User.objects.earliest("pk")
        self.organisations = list(Organisation.objects.all())
        self.industries = list(Industry.objects.filter(level__gte=3).values_list("pk", flat=True))
        self.regions = list(Region.objects.filter(level__lte=2).values_list("pk", flat=True))

    def write(self, number: int) -> None:
        listings = self._listings(number)
        while chunk := list(islice(listings, CHUNK)):
            made: list[Any] = self.model._default_manager.bulk_create(chunk)
            if self.model is ResearchResult:
                IpRight.objects.bulk_create(
                    IpRight(result=result, type=self.chosen.choice(IpRight.Type.values))
                    for result in made
                    if self.chosen.random() < 0.5
                )

    def _listings(self, number: int) -> Iterator[Listing]:
        now = timezone.now()
        for _ in range(number):
            published = now - timedelta(minutes=self.chosen.randrange(500_000))
            yield self.model(
                organisation=self.chosen.choice(self.organisations),
                author=self.author,
                industry_id=self.chosen.choice(self.industries),
                region_id=self.chosen.choice(self.regions),
                cooperation_modes=self.chosen.sample(CooperationMode.values, 2),
                live=True,
                first_published_at=published,
                last_published_at=published,
                verified_on=published.date(),
                expires_on=(now + timedelta(days=90)).date(),
                **self._text(),
                **self._level(),
            )

    def _text(self) -> dict[str, str]:
        source = self.chosen.choices(self.sources, [s.weight for s in self.sources])[0]
        (title, _), (_, first), (_, second) = self.chosen.choices(source.texts, k=3)
        body = first[: len(first) // 2] + "\n" + second[len(second) // 2 :]
        parts = {
            "title": title[:120],
            "summary": body[:SUMMARY],
            "problem": body[SUMMARY:5_000],
        }
        return {f"{name}_{source.suffix}": text for name, text in parts.items()}

    def _level(self) -> dict[str, int]:
        name = "trl" if self.model is ResearchResult else "min_trl"
        return {name: self.chosen.randint(1, 9)}


if __name__ == "__main__":
    fill(int(sys.argv[1]))

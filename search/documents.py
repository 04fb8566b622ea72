"""What an index holds of a listing: its public text as terms, and its public facts as facets.

Nothing of another tier than `public` gets here, and of an anonymous need nothing of its
organisation.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from marketplace.bilingual import SUFFIXES
from marketplace.listings.disclosure import Disclosure
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing, ResearchResult
from marketplace.listings.tiers import Tier
from marketplace.taxonomy import codes
from search import facets, tokens
from search.shaping import Text

VERSION = 4
"""Raised whenever the document of an unchanged listing changes, so that `search_check` mends the
index.
"""

TEXT_CHILDREN = {"need": ("metrics",), "result": ("figures",)}
"""The children of each kind of listing that its text is read from."""
CHILDREN = {"need": TEXT_CHILDREN["need"], "result": (*TEXT_CHILDREN["result"], "ip_rights")}
"""Those that its text or its facets are read from."""

TITLE_COUNTS = 2
"""How often each term of a title counts beside a body: the title names what the text is about."""


@dataclass(frozen=True, slots=True)
class Document:
    """`published` in seconds since 1970, `deadline` the ordinal of a day to come; the facet of a tree
    holds a code and all its ancestors.
    """

    key: str
    terms: Sequence[str]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trl: int | None = None
    published: int = 0
    deadline: int | None = None
    fingerprint: str = ""

    @property
    def places(self) -> Mapping[str, str]:
        """The texts by which hits are sorted, see `facets.places`."""
        return facets.places(
            key=self.key, published=self.published, trl=self.trl, deadline=self.deadline
        )


def key_of(listing: Listing) -> str:
    """Return the key of `listing` in every index: `result:12`."""
    return f"{listing.kind}:{listing.pk}"


def parse_key(key: str) -> tuple[str, int]:
    """Return the kind and the primary key in `key`. Raises ValueError."""
    kind, _, number = key.partition(":")
    if kind not in KINDS:
        raise ValueError(f"{key!r} is no listing")
    return kind, int(number)


def texts_of(listing: Listing) -> list[Text]:
    """Return the public text of `listing` in each language that it is given in."""
    public = Disclosure(listing, Tier.PUBLIC)
    texts = (_text_in(suffix, public) for suffix in SUFFIXES)
    return [text for text in texts if text.title or text.body]


def _text_in(suffix: str, public: Disclosure) -> Text:
    listing = public.listing
    parts = [getattr(listing, f"keywords_{suffix}"), getattr(listing, f"summary_{suffix}")]
    for section in public.reachable_sections:
        for name in section.fields:
            if name.endswith(f"_{suffix}"):
                parts.append(getattr(listing, name))
            elif name in TEXT_CHILDREN[listing.kind]:
                parts += (_figure(row, suffix) for row in getattr(listing, name).all())
    return Text(getattr(listing, f"title_{suffix}"), "\n".join(part for part in parts if part))


def _figure(row: Any, suffix: str) -> str:
    """Return a figure in a language that it is named in: its name, and what is required or reached."""
    name = getattr(row, f"name_{suffix}")
    return f"{name} {row.value}" if name else ""


def document_terms(texts: Sequence[Text]) -> list[str]:
    """Return the terms under which texts are found; those of a title count `TITLE_COUNTS` times
    beside a body.
    """
    return [term for text in texts for term in _terms(text)]


def _terms(text: Text) -> list[str]:
    body = tokens.terms(text.body)
    return tokens.terms(text.title) * (TITLE_COUNTS if body else 1) + body


def fingerprint_of(listing: Listing) -> str:
    """Return what tells whether the index holds this very state of `listing`; cheaper than its
    document.
    """
    places = [_level(listing), _published(listing), _deadline(listing)]
    content = [VERSION, texts_of(listing), facets_of(listing), *places]
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=12).hexdigest()


def document_of(listing: Listing) -> Document:
    """Return the document of `listing`, which must be eligible."""
    return Document(
        key=key_of(listing),
        terms=document_terms(texts_of(listing)),
        facets=facets_of(listing),
        trl=_level(listing),
        published=_published(listing),
        deadline=_deadline(listing),
        fingerprint=fingerprint_of(listing),
    )


def facets_of(listing: Listing) -> dict[str, tuple[str, ...]]:
    """Return the public facts of `listing` by which searches are narrowed; unstated ones are empty."""
    public = Disclosure(listing, Tier.PUBLIC)
    level = _level(listing)
    return {
        "kind": (listing.kind,),
        "industry": codes.INDUSTRY.path(listing.industry_id) if listing.industry_id else (),
        "region": codes.REGION.path(listing.region_id) if listing.region_id else (),
        "mode": tuple(sorted(listing.cooperation_modes or ())),
        "organisation_kind": (public.organisation.kind,) if public.organisation else (),
        "ip": tuple(sorted({right.type for right in _ip_rights(public)})),
        "trl": () if level is None else (str(level),),
    }


def _ip_rights(public: Disclosure) -> list[Any]:
    return list(public.listing.ip_rights.all()) if "ip_rights" in public.open_sections else []


def _level(listing: Listing) -> int | None:
    return listing.trl if isinstance(listing, ResearchResult) else listing.min_trl


def _published(listing: Listing) -> int:
    return int(listing.first_published_at.timestamp()) if listing.first_published_at else 0


def _deadline(listing: Listing) -> int | None:
    """Return the day of a deadline that is still to come; the hourly check drops one that passed."""
    day = getattr(listing, "deadline", None)
    return day.toordinal() if day and day >= timezone.localdate() else None

"""What one reader gets of a listing: only the sections and files of the tiers within reach.

Pages, exports and mails render a `Disclosure`, never the listing itself, so that a closed value is
not even at hand.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.accounts.models import Organisation
from marketplace.bilingual import in_reader_language
from marketplace.listings import visibility
from marketplace.listings.models import Listing
from marketplace.listings.models.listing import Section
from marketplace.listings.tiers import Tier
from marketplace.money import Money


@dataclass(frozen=True)
class Disclosure:
    """A listing as a reader with access `tier` sees it."""

    listing: Listing
    tier: Tier

    @cached_property
    def reachable_sections(self) -> list[Section]:
        """The sections within reach, whether or not they hold something."""
        return [section for section in self.listing.sections if self._is_within_reach(section)]

    @cached_property
    def open_sections(self) -> dict[str, Section]:
        """The sections within reach that hold something, by name."""
        return {s.name: s for s in self.reachable_sections if self._holds(s)}

    @cached_property
    def closed_sections(self) -> list[tuple[Section, Tier]]:
        """The sections that hold something out of reach, with the tier that would open them."""
        return [
            (section, self.listing.tier_of(section.name))
            for section in self.listing.sections
            if self._is_openable(self.listing.tier_of(section.name)) and self._holds(section)
        ]

    @property
    def organisation(self) -> Organisation | None:
        """Whose listing this is, or None where the reader may not learn it."""
        seen = visibility.may_see_organisation(self.listing, self.tier)
        return self.listing.organisation if seen else None

    @cached_property
    def attachments(self) -> list[Any]:
        """The files within reach."""
        return [a for a in self._files if a.tier <= self.tier]

    @cached_property
    def closed_files(self) -> Counter[Tier]:
        """How many files are out of reach, by the tier that would open them."""
        return Counter(Tier(a.tier) for a in self._files if self._is_openable(a.tier))

    def opens(self, name: str) -> bool:
        """Whether the section `name` is within reach, whether or not it holds something."""
        return any(section.name == name for section in self.reachable_sections)

    def text(self, section: str) -> str:
        """Return the text of an open section in the reader's language; "" when it is closed."""
        return in_reader_language(self.listing, section) if self.opens(section) else ""

    def value(self, field: str) -> Any:
        """Return a field that belongs to an open section, or None."""
        held = (section for section in self.listing.sections if field in section.fields)
        is_open = any(map(self._is_within_reach, held))
        return getattr(self.listing, field) if is_open else None

    def money(self, field: str) -> Money | None:
        """Return an amount that belongs to an open section, or None."""
        is_stated = getattr(self.listing, field) is not None
        amount = self.value(field) if is_stated else None
        return None if amount is None else Money(amount, self.listing.currency)

    @cached_property
    def _files(self) -> list[Any]:
        return list(self.listing.attachments.select_related("file"))

    def _is_within_reach(self, section: Section) -> bool:
        return self.listing.tier_of(section.name) <= self.tier

    def _is_openable(self, tier: int) -> bool:
        """Whether `tier` is closed to the reader but opens by signing in or by an agreement."""
        return self.tier < tier < Tier.PRIVATE

    def _holds(self, section: Section) -> bool:
        values = (getattr(self.listing, field) for field in section.fields)
        return any(v.all() if hasattr(v, "all") else v not in (None, "") for v in values)


def disclose(listing: Listing, viewer: Any) -> Disclosure | None:
    """Return what `viewer` gets of `listing`, or None where that is nothing."""
    tier = visibility.access(viewer, listing)
    return None if tier is None else Disclosure(listing, tier)

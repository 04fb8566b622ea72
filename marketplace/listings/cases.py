"""Real deals as typical cases show them: `brokers` knows what the parties let be known, `cms` asks.

Neither imports the other, so they meet here. Invariant: what is told of a deal is what every party of
it allows at that moment; nothing of it is kept anywhere else.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from marketplace.money import Money


class NamedParty(NamedTuple):
    """A party that lets itself be named."""

    role: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What a deal lets everybody know, in the reader's language.

    `days` passed from the introduction to the first signed agreement; `price` is None unless every party
    discloses it. `result` and `need` are given where their public pages name nobody else.
    `unnamed` are the names and web sites of those who stay unnamed: no text of the case may hold them.
    """

    contract: str
    signed_on: date
    days: int
    standing: str
    price: Money | None
    parties: tuple[NamedParty, ...]
    result: Any
    need: Any
    unnamed: frozenset[str]


class Teller(NamedTuple):
    """Answers what the functions below ask."""

    offered: Callable[[], list[tuple[UUID, str]]]
    unnamed: Callable[[Collection[UUID]], dict[UUID, frozenset[str]]]
    facts: Callable[[UUID], CaseFacts | None]


_tellers: list[Teller] = []


def tell_by(teller: Teller) -> None:
    """Let `teller` answer from now on."""
    _tellers[:] = [teller]


def offered() -> list[tuple[UUID, str]]:
    """Return the deals of which a case may be written, with words by which administrators know them."""
    return _tellers[0].offered()


def unnamed(deals: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return, of each of `deals` that may be shown, the names that no text of its case may hold."""
    return _tellers[0].unnamed(deals)


def facts(deal: UUID) -> CaseFacts | None:
    """Return what may be shown of `deal`, None while not all of its parties allow it."""
    return _tellers[0].facts(deal)

"""Which results meet a need and which needs a result meets, how well, and why.

A pair has one score, wherever and to whomever it is shown: what the need's text scores on the
result's, and how their public facts compare. Hits are asked for anew in the database before anybody
sees them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.figures import Contribution
from marketplace.listings.cards import RELATED
from marketplace.listings.kinds import KINDS
from marketplace.listings.models import Listing, ResearchResult, TechnologyNeed
from marketplace.listings.models.listing import CooperationMode
from marketplace.listings.visibility import live_for
from search import asking, backends, criteria, facts, highlights, lexicon, ranking
from search.backends.base import Filters
from search.criteria import Facts, Judgement
from search.documents import TEXT_CHILDREN, document_terms, key_of, parse_key, texts_of
from search.embeddings import endpoint, vectors
from search.highlights import Word
from search.models import MatchDecision
from search.query import Query
from search.questions import Lexicon
from search.ranking import Reason, Scales
from search.shaping import Text
from search.weighting import versions

CANDIDATES = {"result": 100, "need": 30}
"""How many hits of each kind are ranked. A need's own question has to be put for each candidate
need.
"""

SIMILAR_FROM = 0.1
"""The text score, in [0, 1], from which a listing of the same kind counts as similar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`listing` as the other half of a pair; `score` from 0 to 100 in tenths, `rank` from 1 among
    the results for the need, or the needs for the result; None beyond those that are ranked.
    """

    listing: Any
    score: Decimal
    reasons: tuple[Reason, ...]
    rank: int | None = None
    words: tuple[Word, ...] = ()

    @property
    def contributions(self) -> list[Contribution]:
        """The reasons as pages draw them, in the reader's language."""
        return [reason.contribution for reason in self.reasons]

    def frozen(self) -> dict[str, Any]:
        """Return the match as plain JSON, for the record of what was shown."""
        return {
            "listing": key_of(self.listing),
            "rank": self.rank,
            "score": float(self.score),
            "reasons": [reason.frozen() for reason in self.reasons],
            "words": [str(word) for word in self.words],
            "at": timezone.now().isoformat(timespec="seconds"),
        }


@dataclass(frozen=True)
class _Side:
    """A listing with what matching reads of it, read once."""

    listing: Any
    today: date = field(default_factory=timezone.localdate)

    @cached_property
    def facts(self) -> Facts:
        return facts.of(self.listing, today=self.today)

    @cached_property
    def texts(self) -> list[Text]:
        return texts_of(self.listing)

    def query(self, known: Lexicon) -> Query:
        return asking.of(key_of(self.listing), self.texts, known)


class _Pair(NamedTuple):
    """A need and a result, the need's query, and what it scores: None where the index lacks the
    result; the `cosine` between their vectors, None where one lacks; and by what `scales` the score is
    measured.
    """

    need: _Side
    result: _Side
    query: Query
    text: float | None
    cosine: float | None
    scales: Scales

    @property
    def scaled(self) -> Scales:
        return ranking.with_meaning(self.scales) if endpoint.is_on() else self.scales

    @property
    def tenths(self) -> int:
        return ranking.tenths(self._judgements(()), self.scaled)

    def judge(self, words: Sequence[Word] = ()) -> tuple[Reason, ...]:
        return ranking.reasons(self._judgements(words), self.scaled)

    def _judgements(self, words: Sequence[Word]) -> dict[str, Judgement]:
        texts = (self.text, self.cosine)
        return _judgements(self.need.facts, self.result.facts, texts, words, self.scales)


def best_results(need: TechnologyNeed, *, viewer: Any, limit: int = 10) -> list[Match]:
    """Return the results that meet `need` best and that `viewer` may see, the best first.

    Those that `viewer` has declined are left out; the others keep their ranks and scores.
    """
    declined = _declined(viewer, "result", need=need)
    pairs = _pairs_of_need(_Side(need), viewer, versions.current(), spare=len(declined))
    return _matches(pairs, "result", viewer, limit=limit, without=declined)


def best_needs(result: ResearchResult, *, viewer: Any, limit: int = 10) -> list[Match]:
    """Return the needs that `result` meets best and that `viewer` may see, see `best_results`."""
    declined = _declined(viewer, "need", result=result)
    pairs = _pairs_of_result(_Side(result), viewer, spare=len(declined))
    return _matches(pairs, "need", viewer, limit=limit, without=declined)


def pair(*, need: TechnologyNeed, result: ResearchResult, viewer: Any) -> Match:
    """Return the match of these two as it stands now, with the place of `result` among those for
    `need`.

    Callers have asked whether `viewer` may see both.
    """
    asking, offering = _Side(need), _Side(result)
    scales = versions.current()
    ranked = [other.result.listing.pk for other in _pairs_of_need(asking, viewer, scales)]
    query = asking.query(lexicon.current())
    text = backends.current().scores([(query, key_of(result))])[0]
    close = vectors.closeness(key_of(need), [key_of(result)]).get(key_of(result))
    rank = ranked.index(result.pk) + 1 if result.pk in ranked else None
    return _match(_Pair(asking, offering, query, text, close, scales), listing=result, rank=rank)


def orders(
    need: TechnologyNeed, *, viewer: Any, scales: Sequence[Scales]
) -> list[list[tuple[int, Decimal]]]:
    """Return for each of `scales` all results that it ranks for `need`, the best first: primary keys
    and scores.
    """
    pairs = _pairs_of_need(_Side(need), viewer, versions.current())
    ranked = (_ranked(one._replace(scales=under) for one in pairs) for under in scales)
    return [[(one.result.listing.pk, Decimal(one.tenths) / 10) for one in each] for each in ranked]


def between(listing: Listing, others: Collection[int], *, viewer: Any) -> list[Match]:
    """Return the matches of `listing` with those of the `others`, primary keys of the other kind, that
    are published and that `viewer` may see and has not declined, the best first and without rank.
    """
    side, known = _Side(listing), lexicon.current()
    kind = _other_kind(listing)
    if kind == "result":
        query = side.query(known)
        texts = backends.current().scores([(query, f"{kind}:{pk}") for pk in others])
        held = dict(zip(others, texts, strict=True))
        pairs = _with_results(side, query, held, viewer, versions.current())
    else:
        pairs = _with_needs(side, others, viewer, known)
    declined = _declined(viewer, kind, **{listing.kind: listing})
    found = _matches(pairs, kind, viewer, limit=len(pairs), without=declined)
    return [replace(match, rank=None) for match in found]


def scores(listing: Listing, *, among: Collection[int], reach: int) -> dict[int, Decimal]:
    """Return what `listing` scores with those published listings of the other kind, by primary key,
    that are `among` these and among the `reach` nearest to its text.
    """
    side, known, anyone = _Side(listing), lexicon.current(), AnonymousUser()
    kind, query = _other_kind(listing), side.query(known)
    near = {pk: text for pk, text in nearest(query, kind, reach).items() if pk in among}
    if kind == "result":
        pairs = _with_results(side, query, near, anyone, versions.current())
    else:
        pairs = _with_needs(side, near, anyone, known)
    return {getattr(p, kind).listing.pk: Decimal(p.tenths) / 10 for p in pairs}


def similar(listing: Listing, *, viewer: Any, limit: int = 5) -> list[Any]:
    """Return published listings of the same kind whose text is closest to that of `listing`, and
    close at all.
    """
    found = nearest(_Side(listing).query(lexicon.current()), listing.kind, limit + 1)
    hits = [pk for pk, score in found.items() if score >= SIMILAR_FROM]
    live = _live(listing.kind, hits, viewer).select_related(*RELATED)
    others = {other.pk: other for other in live}
    return [others[pk] for pk in hits if pk in others and pk != listing.pk][:limit]


def nearest(query: Query, kind: str, limit: int) -> dict[int, float]:
    """Return the text scores, in [0, 1], of the `limit` listings of `kind` that `query` meets best, by
    primary key, the best first; nothing of them has been authorised yet.
    """
    if not query:
        return {}
    found = backends.current().retrieve(query, filters=Filters({"kind": (kind,)}), limit=limit)
    return {parse_key(hit.key)[1]: hit.score for hit in found.hits}


def _declined(viewer: Any, kind: str, **listing: Listing) -> set[int]:
    """Return the listings of `kind` whose match with `listing` the viewer has declined."""
    standing = MatchDecision.objects.standing_of(viewer).filter(**listing)
    return set(standing.declines().values_list(f"{kind}_id", flat=True))


def _pairs_of_need(need: _Side, viewer: Any, scales: Scales, *, spare: int = 0) -> list[_Pair]:
    query = need.query(lexicon.current())
    hits = nearest(query, "result", CANDIDATES["result"] + spare)
    return _with_results(need, query, hits, viewer, scales)


def _pairs_of_result(result: _Side, viewer: Any, *, spare: int = 0) -> list[_Pair]:
    known = lexicon.current()
    hits = nearest(result.query(known), "need", CANDIDATES["need"] + spare)
    return _with_needs(result, hits, viewer, known)


def _with_results(
    need: _Side, query: Query, texts: Mapping[int, float | None], viewer: Any, scales: Scales
) -> list[_Pair]:
    """Return the ranked pairs of `need` with the results that score these `texts`."""
    results = facts.bare(_live("result", texts, viewer))
    close = vectors.closeness(key_of(need.listing), [f"result:{pk}" for pk in texts])
    return _ranked(
        [
            _Pair(need, _Side(r, need.today), query, texts[r.pk], close.get(key_of(r)), scales)
            for r in results
        ]
    )


def _with_needs(result: _Side, pks: Iterable[int], viewer: Any, known: Lexicon) -> list[_Pair]:
    """Return the ranked pairs of `result` with needs, each of which asks its own question."""
    needs = [_Side(need) for need in _whole("need", pks, viewer)]
    queries = asking.of_all({key_of(need.listing): need.texts for need in needs}, known)
    key, held = key_of(result.listing), frozenset(document_terms(result.texts))
    asked = [(queries[key_of(need.listing)].within(held), key) for need in needs]
    texts = backends.current().scores(asked)
    close = vectors.closeness(key, [key_of(need.listing) for need in needs])
    scales = versions.current()
    return _ranked(
        [
            _Pair(n, result, queries[key_of(n.listing)], text, close.get(key_of(n.listing)), scales)
            for n, text in zip(needs, texts, strict=True)
        ]
    )


def _other_kind(listing: Listing) -> str:
    return "result" if listing.kind == "need" else "need"


def _live(kind: str, pks: Iterable[int], viewer: Any) -> QuerySet[Any]:
    """Return those of the hits that are published and that `viewer` may see."""
    listings = KINDS[kind]._default_manager.filter(pk__in=list(pks)).order_by()
    return live_for(listings, viewer)


def _ranked(pairs: Iterable[_Pair]) -> list[_Pair]:
    """Return `pairs` by score; among equals the better text goes first, then the older listing."""

    def order(pair: _Pair) -> tuple[int, float, int, int]:
        return (
            -pair.tenths,
            -(pair.text or 0.0),
            pair.need.listing.pk or 0,
            pair.result.listing.pk or 0,
        )

    return sorted(pairs, key=order)


def _matches(
    pairs: Sequence[_Pair], kind: str, viewer: Any, *, limit: int, without: Collection[int] = ()
) -> list[Match]:
    """Return the best matches of ranked `pairs`; results are read in full now and authorised again,
    needs have been.
    """
    ranked = [(rank, getattr(p, kind).listing.pk, p) for rank, p in enumerate(pairs, start=1)]
    shown = [entry for entry in ranked if entry[1] not in without][:limit]
    if kind == "need":
        return [_match(found, listing=found.need.listing, rank=rank) for rank, _pk, found in shown]
    whole = {listing.pk: listing for listing in _whole(kind, [pk for _, pk, _ in shown], viewer)}
    return [
        _match(found._replace(result=_Side(whole[pk])), listing=whole[pk], rank=rank)
        for rank, pk, found in shown
        if pk in whole
    ]


def _whole(kind: str, pks: Iterable[int], viewer: Any) -> QuerySet[Any]:
    """Return `_live` with all that a match shows of a listing."""
    live = _live(kind, pks, viewer).select_related(*RELATED)
    return live.prefetch_related(*TEXT_CHILDREN[kind])


def _match(found: _Pair, *, listing: Listing, rank: int | None) -> Match:
    words = highlights.words(found.need.texts, found.result.texts, found.query)
    reasons = found.judge(words)
    return Match(
        listing=listing, score=ranking.score(reasons), reasons=reasons, rank=rank, words=words
    )


def _judgements(
    need: Facts,
    result: Facts,
    texts: tuple[float | None, float | None],
    words: Sequence[Word],
    scales: Scales,
) -> dict[str, Judgement]:
    text, cosine = texts
    return {
        "text": criteria.text(text, lambda: " · ".join(map(str, words))),
        "meaning": criteria.meaning(cosine),
        "industry": criteria.industry(need, result),
        "function": criteria.function(need, result, prior=scales["function"].prior / 100),
        "maturity": criteria.maturity(need, result),
        "cooperation": criteria.cooperation(need, result, _mode_label),
        "price": criteria.price(need, result),
        "region": criteria.region(need, result),
        "freshness": criteria.freshness(need, result, prior=scales["freshness"].prior / 100),
    }


def _mode_label(mode: str) -> str:
    return str(CooperationMode(mode).label)

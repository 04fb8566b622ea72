"""The words that this process knows: CC-CEDICT, the site's own terms and synonyms, and the table of
what needs say.

Own terms and synonyms take effect at the next search of every process, a new table of needs as soon
as it is saved.
"""

import hashlib
from functools import lru_cache

from django.db import connection

from search import demand, dictionary, tokens
from search.models import SynonymGroup, Term
from search.questions import Lexicon
from search.synonyms import Synonyms, phrase_of
from search.translation import Translator


def current() -> Lexicon:
    """Return what is known now; one small query."""
    terms, synonyms = _states()
    return Lexicon(
        translator=_translator(terms),
        demand=demand.current(),
        synonyms=_synonyms(synonyms),
        state=_digest(terms, synonyms),
    )


_STATE = "SELECT {place}, COUNT(*), MAX(id), MAX(updated_at) FROM {table}"
_STATES = " UNION ALL ".join(
    _STATE.format(place=place, table=model._meta.db_table)
    for place, model in enumerate((Term, SynonymGroup))
)


def _states() -> list[tuple[object, ...]]:
    """Return what changes with the rows of terms and of synonyms. Asked with every search, so bare."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_STATES} ORDER BY 1")
        return [tuple(row) for row in cursor.fetchall()]


@lru_cache(maxsize=1)
def _digest(*states: tuple[object, ...]) -> str:
    return hashlib.blake2b(repr(states).encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def _translator(_state: tuple[object, ...]) -> Translator:
    """Return the translator with the terms of the database; `_state` changes with them."""
    own = dictionary.build(
        (tokens.normalise(zh), dictionary.glosses_of(en))
        for zh, en in Term.objects.order_by("pk").values_list("zh", "en")
    )
    return Translator(dictionary.cedict(), own)


@lru_cache(maxsize=1)
def _synonyms(_state: tuple[object, ...]) -> Synonyms:
    """Return the groups of the database; `_state` changes with them."""
    groups = SynonymGroup.objects.order_by("pk")
    return Synonyms([tuple(map(phrase_of, group.members)) for group in groups])

"""The words that this process knows: CC-CEDICT, the site's own terms and the table of what needs
say.

Own terms take effect at the next search of every process, a new table of needs as soon as it is
saved.
"""

from functools import lru_cache

from django.db.models import Count, Max

from search import artefacts, demand, dictionary, tokens
from search.demand import Demand
from search.models import Term
from search.questions import Lexicon
from search.translation import Translator


def current() -> Lexicon:
    """Return what is known now; one small query."""
    state = Term.objects.aggregate(number=Count("pk"), newest=Max("updated_at"))
    return Lexicon(
        translator=_translator(tuple(state.values())),
        demand=_demand(artefacts.state_of(demand.NAME)),
    )


@lru_cache(maxsize=1)
def _translator(_state: tuple[object, ...]) -> Translator:
    """Return the translator with the terms of the database; `_state` changes with them."""
    own = dictionary.build(
        (tokens.normalise(zh), dictionary.glosses_of(en))
        for zh, en in Term.objects.order_by("pk").values_list("zh", "en")
    )
    return Translator(dictionary.cedict(), own)


@lru_cache(maxsize=1)
def _demand(_state: object) -> Demand:
    """Return the saved table; `_state` changes with its file."""
    return demand.load()

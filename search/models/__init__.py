from search.models.decisions import MatchDecision
from search.models.embeddings import Embedding
from search.models.pairs import BestPair
from search.models.questions import Question
from search.models.synonyms import SynonymGroup
from search.models.terms import Term
from search.models.watches import Alert, Finding, Watch
from search.models.weightings import Weighting

__all__ = [
    "Alert",
    "BestPair",
    "Embedding",
    "Finding",
    "MatchDecision",
    "Question",
    "SynonymGroup",
    "Term",
    "Watch",
    "Weighting",
]

from search.models.decisions import MatchDecision
from search.models.synonyms import SynonymGroup
from search.models.terms import Term
from search.models.weightings import Weighting

__all__ = ["MatchDecision", "SynonymGroup", "Term", "Weighting"]

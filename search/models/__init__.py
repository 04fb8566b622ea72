from search.models.decisions import MatchDecision
from search.models.terms import Term

__all__ = ["MatchDecision", "Term"]

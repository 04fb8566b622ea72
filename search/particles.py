"""Words without a subject, which are not looked for: a closed class in every language.

They are listed because their frequency cannot always tell: the question words of needs are rare
among results, and in an index of the other language all of them are.
"""

CHINESE = frozenset("的了和与及或在是")

_DETERMINERS = "a an the this that these those each every some any all both either neither"
_COMPARING = "other another such same"
_PRONOUNS = "i you he she it we they me him them my your his its our their"
_PREPOSITIONS = (
    "of in on at by for with without from to into onto upon over under between among through during "
    "within about against as than per via"
)
_CONJUNCTIONS = "and or but nor if then else so because while whereas whether though although until"
_QUESTIONS = "who whom whose which what when where why how"
_AUXILIARIES = (
    "be am is are was were been being have has had having do does did doing done "
    "can could may might must shall should will would"
)
_ADVERBS = "no not also only very more most much many few too just there here"
_POSSESSIVE = "s"

ENGLISH = frozenset(
    " ".join(
        (
            _DETERMINERS,
            _COMPARING,
            _PRONOUNS,
            _PREPOSITIONS,
            _CONJUNCTIONS,
            _QUESTIONS,
            _AUXILIARIES,
            _ADVERBS,
            _POSSESSIVE,
        )
    ).split()
)

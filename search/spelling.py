"""British English spelled as American, word by word, so that fibre meets fiber. Pure.

The rules also make of some words what nobody writes (exercize); both sides of a comparison get the
same, and no reader sees it.
"""

import re

_PARTS = {
    "aluminium": "aluminum",
    "anaes": "anes",
    "artefact": "artifact",
    "draught": "draft",
    "grey": "gray",
    "haem": "hem",
    "mould": "mold",
    "oestr": "estr",
    "paed": "ped",
    "plough": "plow",
    "sulph": "sulf",
    "tyre": "tire",
}
_ENDINGS = {
    r"(?<=..)is(?=(?:e|es|ed|er|ers|ing|ation|ations|able)$)": "iz",
    r"lys(?=(?:e|es|ed|er|ers|ing)$)": "lyz",
    r"logue(?=s?$)": "log",
    r"(?:(?<=^fib)|(?<=^cent)|(?<=met)|(?<=lit)|(?<=^calib)|(?<=^lust)|(?<=^spect))re(?=s?$)": "er",
    r"(?:(?<=^col)|(?<=^vap)|(?<=^harb)|(?<=^lab)|(?<=^behavi)|(?<=^flav)|(?<=^tum))our": "or",
    r"(?<=^program)me(?=s?$)": "",
    r"(?<=^dis)c(?=s?$)": "k",
}
_RULES = [*_PARTS.items(), *_ENDINGS.items()]
_ANY = re.compile("|".join(f"({pattern})" for pattern, _american in _RULES))


def american(word: str) -> str:
    """Return the lower-case `word` as it is spelled in American English."""
    return _ANY.sub(lambda found: _RULES[(found.lastindex or 1) - 1][1], word)

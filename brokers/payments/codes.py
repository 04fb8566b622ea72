"""Reference codes that a payer copies by hand onto a bank transfer.

No two letters look alike, and the last one checks the others: a single mistyped letter or two
neighbours swapped never give another valid code.
"""

import re
import secrets
import uuid
from collections.abc import Iterator

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 9
_PRIME = len(ALPHABET)
_LETTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WORD = re.compile(r"[0-9A-Z](?:[- ]?[0-9A-Z]){8}(?![0-9A-Z])")


def new_code() -> str:
    """Return a new code: eight random letters and their check letter."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_letter(body)


def of(row: uuid.UUID) -> str:
    """Return the code of what is named by a UUID: always the same one."""
    number, letters = row.int, []
    for _place in range(LENGTH - 1):
        number, letter = divmod(number, _PRIME)
        letters.append(ALPHABET[letter])
    body = "".join(letters)
    return body + _check_letter(body)


def found_in(text: str) -> Iterator[str]:
    """Yield the codes that stand in `text`, as payers and banks write them: any case, with blanks."""
    upper = text.upper()
    for start in range(len(upper)):
        if start and upper[start - 1] in _LETTERS:
            continue
        match = _WORD.match(upper, start)
        if match and (code := normalise(match[0])):
            yield code


def normalise(text: str) -> str | None:
    """Return the code that a person wrote as `text` (case, blanks, dashes aside), None if none."""
    code = "".join(text.upper().replace("-", " ").split())
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code if _check_letter(code[:-1]) == code[-1] else None


def _check_letter(body: str) -> str:
    weighted = sum((place + 2) * ALPHABET.index(letter) for place, letter in enumerate(body))
    return ALPHABET[weighted % _PRIME]

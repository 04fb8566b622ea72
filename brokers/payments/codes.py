"""Reference codes that a payer copies by hand onto a bank transfer.

No two letters look alike, and the last one checks the others: a single mistyped letter or two
neighbours swapped never give another valid code.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 9
_PRIME = len(ALPHABET)


def new_code() -> str:
    """Return a new code: eight random letters and their check letter."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_letter(body)


def normalise(text: str) -> str | None:
    """Return the code that a person wrote as `text` (case, blanks, dashes aside), None if none."""
    code = "".join(text.upper().replace("-", " ").split())
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code if _check_letter(code[:-1]) == code[-1] else None


def _check_letter(body: str) -> str:
    weighted = sum((place + 2) * ALPHABET.index(letter) for place, letter in enumerate(body))
    return ALPHABET[weighted % _PRIME]

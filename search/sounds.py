"""How Chinese is read aloud, in pinyin without tones: words that sound alike are mistyped alike."""

from functools import lru_cache


@lru_cache(maxsize=10_000)
def of(word: str) -> tuple[str, ...]:
    """Return the syllables of `word`, which is Chinese, one for each character; a character that has
    no reading stands for itself.
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415  takes 50 MB, which few processes need

    return tuple(lazy_pinyin(word, errors=list))  # type: ignore[arg-type]


def preload() -> None:
    """Load the readings, which takes a third of a second."""
    of("音")

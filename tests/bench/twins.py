"""How often a hint would be right that says: this stands on the site already, in the other language.

The twins are official titles of classes of patents in Chinese and in English. A title is asked for as a
draft's is, across languages; the likeness of its best hit is the share of what was asked that it holds.
Each title is looked at twice: as the set is, and with its own twin left out, as most drafts have none.
"""

import os
from collections.abc import Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
django.setup()

from search.backends.base import Hit  # noqa: E402
from search.documents import document_terms  # noqa: E402
from search.evaluation import judged, runs  # noqa: E402
from search.evaluation.judged import Gains  # noqa: E402
from tests.bench.data import DATA  # noqa: E402

SETS = ("ipc-zh-en", "ipc-en-zh")
LIKENESSES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
LOOKED_AT = 2


def measure() -> None:
    """Print for each likeness, in per cent of the titles: right and wrong hints where the twin stands
    there, wrong ones where it does not.
    """
    print(f"{'set':<12}{'likeness':>10}{'right':>8}{'wrong':>8}{'wrong without twin':>20}")
    for name in SETS:
        twins = judged.read(DATA / name)
        asks = runs.shipping(twins)
        found = runs.rankings(twins, "tantivy", document_terms, asks, depth=LOOKED_AT)
        for least in LIKENESSES:
            told = [_told(hits, twins.gains[query], least) for query, hits in found.items()]
            shares = (100 * sum(column) / len(told) for column in zip(*told, strict=True))
            figures = "".join(
                f"{share:{w}.1f}" for share, w in zip(shares, (8, 8, 20), strict=True)
            )
            print(f"{name:<12}{least:>10}{figures}", flush=True)


def _told(hits: Sequence[Hit], own: Gains, least: float) -> tuple[bool, bool, bool]:
    """Return whether a hint at `least` is right, wrong, and wrong were the twin not there."""
    alike = [hit.key for hit in hits if hit.score >= least]
    is_right = bool(alike) and alike[0] in own
    return is_right, bool(alike) and not is_right, any(key not in own for key in alike)


if __name__ == "__main__":
    measure()

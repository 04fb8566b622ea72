"""The three code trees as pure functions: a code's ancestors are its own prefixes.

Nothing here asks the database, so ranking, facets and the importer may call it for every candidate.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodeScheme:
    """A hierarchical code whose level is told by its length alone.

    `lengths` are the numbers of characters of the levels 1, 2, … in ascending order.
    """

    lengths: tuple[int, ...]

    def level(self, code: str) -> int:
        """Return the level of `code`, 1 for the topmost; ValueError for a length without level."""
        try:
            return self.lengths.index(len(code)) + 1
        except ValueError:
            raise ValueError(f"{code!r} fits none of the code lengths {self.lengths}") from None

    def path(self, code: str) -> tuple[str, ...]:
        """Return the codes from the topmost ancestor down to `code` itself."""
        return tuple(code[:length] for length in self.lengths[: self.level(code)])

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the codes above `code`, topmost first, without `code`."""
        return self.path(code)[:-1]

    def parent(self, code: str) -> str | None:
        """Return the code directly above `code`, None for a topmost one."""
        above = self.ancestors(code)
        return above[-1] if above else None

    def common(self, first: str, second: str) -> str | None:
        """Return the deepest code that is, or stands above, both; None when there is none."""
        shared = [a for a, b in zip(self.path(first), self.path(second), strict=False) if a == b]
        return shared[-1] if shared else None

    def distance(self, first: str, second: str) -> int:
        """Return the number of steps between two codes through their nearest common ancestor.

        Equal codes are 0 apart, parent and child 1; codes that share no ancestor meet in the
        unwritten root above level 1, so `A` and `C` are 2 apart.
        """
        meeting = self.common(first, second)
        shared = self.level(meeting) if meeting else 0
        return self.level(first) + self.level(second) - 2 * shared


INDUSTRY = CodeScheme(lengths=(1, 3, 4, 5))
"""GB/T 4754: C, C35, C351, C3511."""

REGION = CodeScheme(lengths=(2, 4, 6))
"""GB/T 2260 by its significant digits: 33, 3301, 330106."""

IPC = CodeScheme(lengths=(1, 3))
"""International Patent Classification: A, A01."""


def short_region_code(code: str) -> str:
    """Return the significant digits of a GB/T 2260 code: 330000 → 33, 330100 → 3301."""
    while len(code) > REGION.lengths[0] and code.endswith("00"):
        code = code[:-2]
    return code

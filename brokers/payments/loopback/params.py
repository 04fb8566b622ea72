"""Parameters of a request: Stripe's form encoding made a tree, each leaf read with its type.

Whatever a request carries and nobody reads is refused, as Stripe refuses unknown parameters.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from brokers.payments.loopback.errors import invalid

_NAME = re.compile(r"[^\[\]]+")
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def decode(encoded: str) -> dict[str, Any]:
    """Return `a[b][0]=c` as nested dictionaries; list indices stay keys."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, errors="replace"):
        path = _NAME.findall(name) or [name]
        node = tree
        for part in path[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise invalid(f"Invalid object: {name}", param=name)
        node[path[-1]] = value
    return tree


class Params:
    """A reader that remembers what was read."""

    def __init__(self, tree: dict[str, Any], prefix: str = "") -> None:
        self._tree = dict(tree)
        self._prefix = prefix

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; raise a 400 when it is absent and there is no default."""
        value = self._tree.pop(name, default)
        if value is None:
            raise invalid(
                f"Missing required param: {self._full(name)}.",
                param=self._full(name),
                code="parameter_missing",
            )
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {self._full(name)}", param=self._full(name))
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """Return an integer; raise a 400 for anything else."""
        value = self.text(name, None if default is None else str(default))
        if not _INTEGER.fullmatch(value):
            raise invalid(f"Invalid integer: {value}", param=self._full(name))
        return int(value)

    def group(self, name: str) -> "Params":
        """Return a reader of the parameters nested below `name`, empty when there are none."""
        value = self._tree.pop(name, {})
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {self._full(name)}", param=self._full(name))
        return Params(value, self._full(name))

    def mapping(self, name: str) -> dict[str, str]:
        """Return all texts nested below `name`, for metadata and lists."""
        group = self.group(name)
        return {key: group.text(key) for key in list(group._tree)}

    def finish(self) -> None:
        """Raise a 400 when a parameter is left that nobody read."""
        for name in self._tree:
            raise invalid(
                f"Received unknown parameter: {self._full(name)}",
                param=self._full(name),
                code="parameter_unknown",
            )

    def _full(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name

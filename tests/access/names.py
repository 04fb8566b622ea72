"""Every name in the resolver, with what its address asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

EDITORS = "wagtail/"
PARAMETER = re.compile(r"<\w+:(\w+)>")


@dataclass(frozen=True)
class Name:
    """`name` as in templates, namespaces and all; a pattern without one goes by its route."""

    name: str
    namespace: str
    route: str
    parameters: tuple[str, ...]
    has_name: bool

    @property
    def is_editors(self) -> bool:
        """Whether it belongs to the editors' site, which has a table of its own."""
        return self.route.startswith(EDITORS)

    def address(self, values: dict[str, Any]) -> str:
        """Return the address in English with what it asks for of `values`, or the one they give."""
        if "address" in values:
            return str(values["address"])
        if not self.has_name:
            path = self.route.replace("zh-hans/", "en/")
            return "/" + PARAMETER.sub(lambda found: str(values[found[1]]), path)
        with translation.override("en"):
            return reverse(self.name, kwargs={name: values[name] for name in self.parameters})


def every() -> list[Name]:
    """Return all names, each once."""
    return list({one.name: one for one in _walk(get_resolver().url_patterns)}.values())


def _walk(patterns: Any, namespace: str = "", route: str = "") -> Iterator[Name]:
    for pattern in patterns:
        path = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, path)
        elif isinstance(pattern, URLPattern):
            given = pattern.default_args or {}
            asked = tuple(name for name in pattern.pattern.regex.groupindex if name not in given)
            name = namespace + pattern.name if pattern.name else path.replace("zh-hans/", "")
            yield Name(name, namespace.removesuffix(":"), path, asked, bool(pattern.name))

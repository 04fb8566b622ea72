"""The filters of the search page as they are shown: what can be chosen, and how much it would find.

What would find nothing is left out, unless it is chosen already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from django.forms.utils import ErrorList
from django.utils.translation import gettext

from marketplace.bilingual import shown_language
from marketplace.taxonomy.models import CodedTree, Industry
from search.facets import TREES

if TYPE_CHECKING:
    from search.forms import SearchForm

SHOWN = 8
"""Choices that are shown at once; the others are folded."""
_TYPES = {"kind": "radio", "trl": "radio", "sort": "radio"}


class Choice(NamedTuple):
    """One value: how many hits it would leave, if that is known; of a tree its `url`."""

    value: str
    label: str
    hits: int | None = None
    is_chosen: bool = False
    url: str = ""
    language: str = ""


class Facet(NamedTuple):
    """`type` of the inputs, "tree" for links: `path` leads down to the chosen place."""

    name: str
    label: str
    type: str
    errors: ErrorList
    choices: Sequence[Choice]
    folded: Sequence[Choice] = ()
    path: Sequence[Choice] = ()

    @property
    def is_worth_showing(self) -> bool:
        """Whether there is anything to choose, to widen or to put right."""
        return bool(self.errors or len(self.path) > 1 or any(one.value for one in self.choices))


def facets(form: "SearchForm") -> list[Facet]:
    """Return what can be chosen in `form`, in its order; how to sort where that has to be put right."""
    names = [name for name in form.fields if name not in ("q", "sort")]
    names += [name for name in ("sort",) if name in form.errors]
    return [_tree(form, name) if name in TREES else _inputs(form, name) for name in names]


def _inputs(form: "SearchForm", name: str) -> Facet:
    hits = _hits(form, name)
    chosen = form.values.get(name, "")
    values = [str(v) for v in chosen] if isinstance(chosen, list) else [str(chosen)]
    choices = [
        Choice(value, label, None if hits is None else hits.get(value, 0), value in values)
        for value, label in form.fields[name].choices  # type: ignore[attr-defined]
    ]
    if hits is not None:
        choices = [one for one in choices if one.hits or one.is_chosen or not one.value]
    return _facet(form, name, _TYPES.get(name, "checkbox"), choices)


def _hits(form: "SearchForm", name: str) -> Mapping[str, int] | None:
    """Return how many hits each choice would leave, None where nothing was counted."""
    if form.tallies is None:
        return None
    if name not in form.tallies:
        return {}
    total, values = form.tallies[name]
    if name == "trl":
        chosen = form.values.get(name)
        return {"": total, **_at_least(values, [str(chosen)] if chosen else [])}
    return {"": total, **values}


def _at_least(levels: Mapping[str, int], chosen: Iterable[str]) -> dict[str, int]:
    """Return for each level that something is at, or that is `chosen`, how many are at it or above."""
    highest_first = sorted({*levels, *chosen}, reverse=True)
    reached = accumulate(levels.get(level, 0) for level in highest_first)
    return dict(zip(highest_first, reached, strict=True))


def _tree(form: "SearchForm", name: str) -> Facet:
    """Return the place in a tree that is chosen, and what lies below it, the most frequent first."""
    chosen = form.values.get(name, "")
    hits = dict(_hits(form, name) or {})
    steps = list(TREES[name].path(chosen)) if chosen else []
    below = sorted(hits.keys() - {"", *steps}, key=lambda code: (-hits[code], code))
    model: type[CodedTree] = form.fields[name].queryset.model  # type: ignore[attr-defined]
    nodes = model.objects.in_bulk([*steps, *below])

    def choices(codes: Iterable[str]) -> Iterator[Choice]:
        for code in codes:
            url = form.address(**{name: code})
            yield _place(nodes[code], hits.get(code), code == chosen, url)

    return _facet(
        form,
        name,
        "tree",
        list(choices(code for code in below if code in nodes)),
        path=[_root(form, name, hits, is_chosen=not chosen), *choices(steps)],
    )


def _root(form: "SearchForm", name: str, hits: Mapping[str, int], *, is_chosen: bool) -> Choice:
    return Choice("", gettext("All"), hits.get(""), is_chosen, form.address(**{name: None}))


def _place(node: CodedTree, hits: int | None, is_chosen: bool, url: str) -> Choice:
    language = shown_language(node, "name")
    name = node.name_zh if language.startswith("zh") else node.name_en
    label = f"{node.code} {name}" if isinstance(node, Industry) else name
    return Choice(node.code, label, hits, is_chosen, url, language)


def _facet(
    form: "SearchForm",
    name: str,
    kind: str,
    choices: Sequence[Choice],
    path: Sequence[Choice] = (),
) -> Facet:
    """Return the facet with all but the first choices folded; what is chosen comes first."""
    if len(choices) > SHOWN:
        choices = sorted(choices, key=lambda one: not (one.is_chosen or not one.value))
    field = form[name]
    return Facet(name, str(field.label), kind, field.errors, choices[:SHOWN], choices[SHOWN:], path)

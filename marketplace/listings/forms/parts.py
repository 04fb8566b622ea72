"""The parts of a listing's form, in the order in which they are filled in."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.functional import cached_property

from marketplace.bilingual import SUFFIXES


def both(*names: str) -> tuple[str, ...]:
    """Return the field of each name in Chinese and in English."""
    return tuple(f"{name}_{suffix}" for name in names for suffix in SUFFIXES)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: its fields, the section whose tier is chosen with it, and the formset of its rows."""

    name: str
    title: Any
    hint: Any = ""
    fields: tuple[str, ...] = ()
    section: str = ""
    rows: str = ""
    add: Any = ""


def text_part(name: str, title: Any, hint: Any = "") -> Part:
    """Return the part of one text, in both languages, that is disclosed as a section."""
    return Part(name=name, title=title, hint=hint, fields=both(name), section=name)


class Group(NamedTuple):
    """A field, or one text in two languages."""

    fields: list[Any]
    name: str

    @property
    def tip(self) -> Any:
        """What readers look for in a text of two languages; other fields say it themselves."""
        return self.fields[0].form.tips.get(self.name, "") if len(self.fields) > 1 else ""


@dataclass(frozen=True)
class BoundPart:
    """A part together with the form that fills it."""

    form: Any
    part: Part

    @property
    def anchor(self) -> str:
        return f"part-{self.part.name}"

    @cached_property
    def groups(self) -> list[Group]:
        """The fields, those of one text in two languages together."""
        fields = [self.form[name] for name in self.part.fields if name in self.form.fields]
        grouped = groupby(fields, key=lambda field: _stem(field.name))
        return [Group(list(group), stem) for stem, group in grouped]

    @property
    def tier(self) -> Any:
        """The field that says who may read this part, or None where everybody may."""
        return self.form[f"tier_{self.part.section}"] if self.part.section else None

    @property
    def rows(self) -> Any:
        """The formset of the rows of this part, or None."""
        return self.form.formsets[self.part.rows] if self.part.rows else None

    @property
    def names(self) -> set[str]:
        """The names of its fields, its tier and its rows."""
        return {*self.part.fields, f"tier_{self.part.section}", self.part.rows}

    @property
    def is_wrong(self) -> bool:
        rows = self.rows
        return any(name in self.form.errors for name in self.names) or (
            self.form.is_bound and rows is not None and not rows.is_valid()
        )


def _stem(name: str) -> str:
    stem, _underscore, suffix = name.rpartition("_")
    return stem if suffix in SUFFIXES else name


def problems(form: Any) -> Iterator[dict[str, Any]]:
    """Yield every error of `form` and its rows, for the summary on top: `target`, `label`, `text`."""
    yield from _of_form(form)
    for formset in form.formsets.values():
        for text in formset.non_form_errors():
            yield {"target": "", "text": text}
        for row in formset.forms:
            yield from _of_form(row)


class Composite(ABC):
    """Several forms that people fill in as one: `terms`, and the `formsets` of its rows by name."""

    data: Any
    terms: Any

    @property
    @abstractmethod
    def formsets(self) -> dict[str, Any]: ...

    @property
    def errors(self) -> Any:
        return self.terms.errors

    def __getitem__(self, name: str) -> Any:
        return self.terms[name]

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Every error, for the summary on top."""
        return list(problems(self)) if self.data is not None else []


def _of_form(form: Any) -> Iterator[dict[str, Any]]:
    for name, texts in form.errors.items():
        for text in texts:
            if name == "__all__":
                yield {"target": "", "text": text}
            else:
                field = form[name]
                target = field.id_for_label or field.auto_id
                yield {"target": target, "label": field.label, "text": text}

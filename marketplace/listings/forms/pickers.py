"""Choosing from the code trees without a script: a select with groups, and codes typed by experts."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from marketplace.taxonomy.models import CodedTree, Industry, IpcClass, Region


class TreeIterator(ModelChoiceIterator):  # type: ignore[type-arg]
    """The options of a tree: one group for each topmost node, which itself comes first in it."""

    field: "TreeField"

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        groups: dict[str, list[Any]] = {}
        nodes = self.field.nodes
        for code, node in nodes.items():
            top = nodes[node.scheme.path(code)[0]]
            groups.setdefault(top.name, []).append(self.choice(node))
        yield from groups.items()


class TreeSelect(forms.Select):
    """A select whose hundreds of options are drawn by one template, not by one each."""

    template_name = "listings/form/tree.html"


class TreeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among the two upper levels of a code tree.

    `also` adds one deeper node, so that a finer value from elsewhere survives an edit.
    """

    iterator = TreeIterator
    widget = TreeSelect

    def __init__(self, model: type[Industry] | type[Region], **kwargs: Any) -> None:
        queryset = model.objects.filter(level__lte=2).order_by("code")
        super().__init__(queryset, **{"required": False, "empty_label": _("Not stated"), **kwargs})
        self.also: CodedTree | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "TreeField":
        copied: TreeField = super().__deepcopy__(memo)
        copied.__dict__.pop("_nodes", None)
        return copied

    @property
    def nodes(self) -> dict[str, CodedTree]:
        """The nodes to choose from by code, in the order of the tree; read once per form."""
        if "_nodes" not in self.__dict__:
            found: dict[str, CodedTree] = {node.code: node for node in self.queryset or ()}
            if self.also is not None:
                found[self.also.code] = self.also
            self._nodes = dict(sorted(found.items()))
        return self._nodes

    def to_python(self, value: Any) -> CodedTree | None:
        if value in self.empty_values:
            return None
        node = self.nodes.get(str(value))
        if node is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return node

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}" if isinstance(obj, Industry) else obj.name


class IndustryField(TreeField):
    """An industry down to the divisions of GB/T 4754."""

    default_error_messages = {"invalid_choice": _("Choose one of the listed industries.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Industry, **{"label": _("Industry"), **kwargs})


class RegionField(TreeField):
    """A region down to the cities of GB/T 2260."""

    default_error_messages = {"invalid_choice": _("Choose one of the listed regions.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region, **{"label": _("Region"), **kwargs})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()


class IndustryCodeField(forms.CharField):
    """A code of GB/T 4754 as people write it: C3511, 3511; cleans to an `Industry` or None."""

    default_error_messages = {
        "unknown": _("GB/T 4754 has no industry %(code)s. Leave this empty if you are not sure."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 12, **kwargs})

    def clean(self, value: Any) -> Industry | None:
        code = _plain(super().clean(value))
        if not code:
            return None
        found = Industry.objects.filter(code=code)
        if code.isdecimal() and code.isascii():
            found = Industry.objects.filter(code__endswith=code, level=len(code))
        industry = found.first()
        if industry is None:
            raise ValidationError(
                self.error_messages["unknown"], code="unknown", params={"code": code}
            )
        return industry


class IpcField(forms.CharField):
    """Classes of the IPC as patents write them: "H01M 10/0525; C07"; cleans to `IpcClass` objects."""

    default_error_messages = {
        "unreadable": _("“%(text)s” is no patent class. Write for example H01M 10/0525, C07."),
        "unknown": _("The patent classification has no class %(codes)s."),
    }
    _SYMBOL = re.compile(r"([A-H][0-9]{2})(?![0-9])(?:[A-Z](?:\s*[0-9]{1,4}(?:/[0-9]{2,6})?)?)?")
    _SEPARATORS = re.compile(r"[\s,;、。]+")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 500, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return ", ".join(str(ipc.pk) for ipc in value)

    def clean(self, value: Any) -> list[IpcClass]:
        text = _plain(super().clean(value))
        rest = self._SEPARATORS.sub(" ", self._SYMBOL.sub(" ", text)).strip()
        if rest:
            raise ValidationError(
                self.error_messages["unreadable"], code="unreadable", params={"text": rest[:40]}
            )
        codes = dict.fromkeys(self._SYMBOL.findall(text))
        known = IpcClass.objects.in_bulk(codes)
        if unknown := [code for code in codes if code not in known]:
            raise ValidationError(
                self.error_messages["unknown"], code="unknown", params={"codes": ", ".join(unknown)}
            )
        return [known[code] for code in codes]

"""The mapping for files in the product's own form: one column per field, as docs/import.md says.

Unlike a foreign export, a value that cannot be understood is a fault of its row: whoever fills in
the template can correct it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from marketplace.listings.importing.cells import DEFAULT_CURRENCY, CellReader
from marketplace.listings.importing.faults import BadRowError
from marketplace.listings.importing.mapping import MODELS, Entry
from marketplace.listings.importing.text import tidy

_TEXTS = ("title", "summary", "problem", "details", "keywords")
_RESULT_TEXTS = ("advantage", "application", "team")
_TIER = "tier_"

Reader = Callable[[CellReader, str], Any]

_VALUES: dict[str, tuple[str, Reader]] = {
    "industry": ("industry_id", CellReader.industry),
    "region": ("region_id", CellReader.region),
    "cooperation_modes": ("cooperation_modes", CellReader.modes),
}
_RESULT_VALUES = _VALUES | {
    "trl": ("trl", CellReader.trl),
    "price_min": ("price_min", CellReader.amount),
    "price_max": ("price_max", CellReader.amount),
    "ownership": ("ownership", CellReader.ownership),
    "team_share": ("team_share", CellReader.percentage),
}
_NEED_VALUES = _VALUES | {
    "min_trl": ("min_trl", CellReader.trl),
    "budget_min": ("budget_min", CellReader.amount),
    "budget_max": ("budget_max", CellReader.amount),
    "deadline": ("deadline", CellReader.date),
    "anonymous": ("anonymous", CellReader.truth),
    "reward": ("reward", CellReader.amount),
}
_RESULT_RELATED: dict[str, Reader] = {
    "ipc": CellReader.ipc,
    "figures": CellReader.figures,
    "ip_rights": CellReader.ip_rights,
}
_NEED_RELATED: dict[str, Reader] = {"metrics": CellReader.metrics}


class TemplateMapping:
    name = "template"
    required = frozenset({"external_id"})

    def __init__(self, kind: str) -> None:
        of_results = kind == "results"
        self._cells = CellReader()
        self._texts = [
            f"{name}_{language}"
            for name in (*_TEXTS, *(_RESULT_TEXTS if of_results else ()))
            for language in ("zh", "en")
        ]
        self._values = _RESULT_VALUES if of_results else _NEED_VALUES
        self._related = _RESULT_RELATED if of_results else _NEED_RELATED
        tiers = [f"{_TIER}{section.name}" for section in MODELS[kind].sections]
        columns = ("external_id", *self._texts, *self._values, "currency", *self._related, *tiers)
        self.columns: Mapping[str, str] = {name: name for name in columns}

    def tidy(self, text: str) -> str:
        return tidy(text)

    def read(self, cells: Mapping[str, str]) -> Entry:
        faults: list[tuple[str, str]] = []
        currency = cells.get("currency") or DEFAULT_CURRENCY
        try:
            in_row = self._cells.with_amounts_in(currency)
        except ValidationError as error:
            raise BadRowError([("currency", error.messages[0])]) from error

        def read(column: str, reader: Reader) -> Any:
            try:
                return reader(in_row, cells[column])
            except ValidationError as error:
                faults.extend((column, message) for message in error.messages)
                return None

        values: dict[str, Any] = {name: cells[name] for name in self._texts if name in cells}
        values["currency"] = currency
        for column, (field, reader) in self._values.items():
            if column in cells:
                values[field] = read(column, reader)
        related = {
            name: read(name, reader) for name, reader in self._related.items() if name in cells
        }
        tiers = {
            column.removeprefix(_TIER): read(column, CellReader.tier)
            for column in self.columns
            if column.startswith(_TIER) and cells.get(column)
        }
        if any(column.startswith(_TIER) for column in cells):
            values["tiers"] = tiers
        if faults:
            raise BadRowError(faults)
        return Entry(external_id=cells["external_id"], values=values, related=related)

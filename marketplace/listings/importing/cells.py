"""Reads the cells of the product's own import form; a refusal is a `ValidationError` to be shown.

An empty cell states nothing: it reads as None, or as what the model holds for "not stated".
"""

import copy
import re
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from marketplace.amounts import AmountField, PercentField
from marketplace.listings.importing.industries import IndustryFinder
from marketplace.listings.importing.regions import RegionFinder
from marketplace.listings.importing.vocabulary import MODE_OF_WORD, translate
from marketplace.listings.models import IpRight, ResearchResult
from marketplace.listings.models.listing import CooperationMode
from marketplace.listings.tiers import Tier
from marketplace.money import CURRENCIES, Money
from marketplace.taxonomy.models import IpcClass

_TRUTHS = {"yes": True, "true": True, "1": True, "是": True}
_UNTRUTHS = {"no": False, "false": False, "0": False, "否": False, "": False}
_TIERS = {tier.name.lower(): tier.value for tier in Tier}
_MODES = {mode.value: mode for mode in CooperationMode} | dict(MODE_OF_WORD)
_TRL = forms.IntegerField(min_value=1, max_value=9, required=False)
_DATE = forms.DateField(
    input_formats=["%Y-%m-%d"],
    required=False,
    error_messages={"invalid": _("Write the date as 2026-12-31.")},
)
_SHARE = PercentField(required=False)
DEFAULT_CURRENCY = "CNY"


class CellReader:
    """Knows the taxonomy, read once, and the currency in which amounts are written."""

    def __init__(self) -> None:
        self._currency = DEFAULT_CURRENCY
        self._industries = IndustryFinder()
        self._regions = RegionFinder()
        self._ipc = set(IpcClass.objects.values_list("code", flat=True))

    def with_amounts_in(self, currency: str) -> Self:
        """Return a reader of amounts in `currency`. Raises `ValidationError` for none of ours."""
        if currency not in CURRENCIES:
            raise ValidationError(_("Write one of these currencies: %s.") % ", ".join(CURRENCIES))
        reader = copy.copy(self)
        reader._currency = currency
        return reader

    def industry(self, text: str) -> str | None:
        found = self._industries.find(text)
        if text and found is None:
            raise ValidationError(_("“%s” is no industry of GB/T 4754-2017.") % text)
        return found

    def region(self, text: str) -> str | None:
        found = self._regions.find(text)
        if text and found is None:
            raise ValidationError(_("“%s” is no region, or several have this name.") % text)
        return found

    def ipc(self, text: str) -> list[str]:
        """Return the classes of patent symbols: A61K 31/00 is of the class A61."""
        codes = {symbol.upper()[:3] for symbol in re.split(r"[;；,，]\s*", text) if symbol.strip()}
        if unknown := codes - self._ipc:
            raise ValidationError(_("“%s” is no patent class (IPC).") % min(unknown))
        return sorted(codes)

    def modes(self, text: str) -> list[str]:
        modes, unknown = translate(text, _MODES)
        if unknown:
            raise ValidationError(
                _("“%(word)s” is no way of working together. Known are: %(known)s.")
                % {"word": unknown[0], "known": ", ".join(CooperationMode.values)}
            )
        return [str(mode) for mode in modes]

    def amount(self, text: str) -> int | None:
        """Return an amount written in major units as minor units of the row's currency."""
        money: Money | None = AmountField(currency=self._currency, required=False).clean(text)
        return None if money is None else money.amount

    def trl(self, text: str) -> int | None:
        return _TRL.clean(text)

    def date(self, text: str) -> date | None:
        return _DATE.clean(text)

    def percentage(self, text: str) -> Decimal | None:
        points = _SHARE.clean(text)
        return None if points is None else Decimal(points) / 100

    def truth(self, text: str) -> bool:
        try:
            return (_TRUTHS | _UNTRUTHS)[text.casefold()]
        except KeyError:
            raise ValidationError(_("Write yes or no.")) from None

    def ownership(self, text: str) -> str:
        return _choice(text, ResearchResult.Ownership.values)

    def tier(self, text: str) -> int:
        return _TIERS[_choice(text.casefold(), list(_TIERS))]

    def ip_rights(self, text: str) -> list[dict[str, Any]]:
        """Read "invention_patent ZL201710000000.0 granted; utility_model"."""
        return [_ip_right(part.split()) for part in re.split("[;；\n]", text) if part.strip()]

    def figures(self, text: str) -> list[dict[str, Any]]:
        """Read "能耗: 1.1 kWh/t → 0.4 kWh/t; yield: 85 % -> 93 %"."""
        return [_figure(part.strip()) for part in re.split("[;；\n]", text) if part.strip()]

    def metrics(self, text: str) -> list[dict[str, Any]]:
        """Read "能量密度: ≥ 180 Wh/kg; cycle life: 3000"."""
        return [_metric(part.strip()) for part in re.split("[;；\n]", text) if part.strip()]


def _choice(text: str, known: list[str]) -> str:
    if text and text not in known:
        raise ValidationError(
            _("“%(word)s” is not known. Known are: %(known)s.")
            % {"word": text, "known": ", ".join(known)}
        )
    return text


def _ip_right(words: list[str]) -> dict[str, Any]:
    kind, *rest = words
    statuses = IpRight.Status.values
    status = rest.pop() if rest and rest[-1] in statuses else ""
    return {
        "type": _choice(kind, IpRight.Type.values),
        "number": " ".join(rest),
        "status": status,
    }


def _figure(text: str) -> dict[str, Any]:
    named = _named(text)
    today, arrow, reached = re.sub("→", "->", named.pop("value", "")).partition("->")
    if not arrow or not today.strip() or not reached.strip():
        raise ValidationError(_("Write each measured figure as “name: today -> with this result”."))
    return {**named, "today": today.strip(), "reached": reached.strip()}


def _metric(text: str) -> dict[str, Any]:
    metric = _named(text)
    if not metric:
        raise ValidationError(_("Write each required figure as “name: value”."))
    return metric


def _named(text: str) -> dict[str, str]:
    """Return the name, by its language, and the `value` of "name: value"; nothing without both."""
    name, _colon, value = re.sub("：", ":", text).partition(":")
    if not name.strip() or not value.strip():
        return {}
    language = "zh" if re.search("[㐀-鿿]", name) else "en"
    return {f"name_{language}": name.strip(), "value": value.strip()}

"""Django's side of `Money`: form fields, model columns and the reader's way of writing amounts.

Invariant: what reaches a model has passed the strict parser of `marketplace.money`; every refusal
is a translated message at the field that was wrong.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import numberformat
from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from marketplace import money
from marketplace.money import AmountError, Money

CURRENCY_NAMES: dict[str, Promise] = {
    "CNY": _("Chinese yuan"),
    "USD": _("US dollar"),
    "EUR": _("Euro"),
    "HKD": _("Hong Kong dollar"),
    "JPY": _("Japanese yen"),
    "GBP": _("Pound sterling"),
    "KRW": _("South Korean won"),
    "ISK": _("Icelandic króna"),
    "AUD": _("Australian dollar"),
    "BHD": _("Bahraini dinar"),
    "CAD": _("Canadian dollar"),
    "CHF": _("Swiss franc"),
    "JOD": _("Jordanian dinar"),
    "KWD": _("Kuwaiti dinar"),
    "MOP": _("Macao pataca"),
    "OMR": _("Omani rial"),
    "SGD": _("Singapore dollar"),
    "TND": _("Tunisian dinar"),
    "TWD": _("New Taiwan dollar"),
}

_Messages = dict[str, Any]

_PLAIN_NUMBER: _Messages = {
    "sign": _("Write the number without a plus or minus sign."),
    "grouped": _("Write the number without separators between the thousands, for example 12000."),
    "format": _("Write a plain number with the digits 0 to 9, for example 12000."),
}
_AMOUNT_MESSAGES: _Messages = _PLAIN_NUMBER | {
    "required": _("Enter an amount."),
    "decimals": ngettext_lazy(
        "An amount in %(currency)s has at most %(decimals)d decimal.",
        "An amount in %(currency)s has at most %(decimals)d decimals.",
        "decimals",
    ),
    "whole": _("An amount in %(currency)s has no decimals."),
    "too_large": _("The amount must be below 10,000,000,000,000 %(currency)s."),
    "zero": _("Enter an amount above zero."),
    "currency": _("Choose one of the listed currencies."),
}


class _StrictField(forms.CharField):
    """A text input whose text a strict parser reads; each code of `AmountError` has its message."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def parse(self, text: str) -> Any:
        """Return the value of `text`. Raises `AmountError`."""
        raise NotImplementedError

    def message_parameters(self) -> dict[str, object]:
        """Return what the messages of this field are filled with."""
        return {}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            return self.parse(text)
        except AmountError as error:
            raise self.refusal(error.code) from None

    def refusal(self, code: str) -> ValidationError:
        """Return the message of this field for `code`."""
        return ValidationError(
            self.error_messages[code], code=code, params=self.message_parameters()
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        shown = "" if initial is None else str(self.prepare_value(initial))
        return super().has_changed(shown, data)


class AmountField(_StrictField):
    """An amount in a currency that is known beforehand; cleans to `Money`, or `None` if optional.

    `currency` may be set in a form's `__init__`. Zero is refused unless `allow_zero`.
    """

    default_error_messages = _AMOUNT_MESSAGES

    def __init__(self, *, currency: str = "CNY", allow_zero: bool = False, **kwargs: Any) -> None:
        self.currency = currency
        self.allow_zero = allow_zero
        super().__init__(**kwargs)

    def parse(self, text: str) -> Money:
        amount = money.parse(text, self.currency)
        if not amount and not self.allow_zero:
            raise self.refusal("zero")
        return amount

    def refusal(self, code: str) -> ValidationError:
        whole = code == "decimals" and not money.decimals(self.currency)
        return super().refusal("whole" if whole else code)

    def message_parameters(self) -> dict[str, object]:
        places = money.CURRENCIES.get(self.currency, 0)
        return {"currency": self.currency, "decimals": places}

    def prepare_value(self, value: Any) -> Any:
        return value.digits if isinstance(value, Money) else value


class MoneyWidget(forms.MultiWidget):
    """An amount beside a choice of currency."""

    use_fieldset = False

    def __init__(self, currencies: list[tuple[str, Any]], attrs: dict[str, Any] | None = None):
        text = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        choice = forms.Select(choices=currencies, attrs={"aria-label": _("Currency")})
        super().__init__({"": text, "currency": choice}, attrs)

    def id_for_label(self, id_: str) -> str:
        """Return the amount's own: the label is for that; the choice of currency says what it is."""
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Any) -> list[Any]:
        return [value.digits, value.currency] if isinstance(value, Money) else [None, None]


class MoneyField(forms.MultiValueField):
    """An amount and its currency, both typed by the person; cleans to `Money` or `None`."""

    default_error_messages = _AMOUNT_MESSAGES

    def __init__(self, *, allow_zero: bool = False, **kwargs: Any) -> None:
        currencies = currency_choices()
        self.amount = AmountField(allow_zero=allow_zero, required=False)
        choice = forms.ChoiceField(
            choices=currencies, error_messages={"invalid_choice": _AMOUNT_MESSAGES["currency"]}
        )
        kwargs.setdefault("widget", MoneyWidget(currencies))
        super().__init__([self.amount, choice], require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> Money | None:
        text, currency = value if isinstance(value, list) and len(value) == 2 else (None, None)
        if text in self.empty_values:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        chosen = self.fields[1].clean(currency)
        typed = AmountField(currency=chosen, allow_zero=self.amount.allow_zero)
        cleaned: Money = typed.clean(text)
        return cleaned


class PercentField(_StrictField):
    """A percentage with at most two decimals; cleans to basis points (12.5 % is 1250)."""

    default_error_messages = _PLAIN_NUMBER | {
        "required": _("Enter a percentage."),
        "decimals": _("A percentage has at most two decimals."),
        "too_large": _("A percentage is at most 100."),
    }

    def parse(self, text: str) -> int:
        return money.parse_basis_points(text)

    def prepare_value(self, value: Any) -> Any:
        return percent_digits(value) if isinstance(value, int) else value


class PartsField(_StrictField):
    """A weight in whole parts ("50, 30, 20" or "1, 1, 1"); cleans to an integer."""

    default_error_messages = _PLAIN_NUMBER | {
        "required": _("Enter a number of parts."),
        "decimals": _("Parts are whole numbers."),
        "too_large": _("At most 1,000,000 parts."),
    }

    def parse(self, text: str) -> int:
        return money.parse_parts(text)


class CurrencyField(models.CharField):  # type: ignore[type-arg]
    """The currency column beside a column of minor units; its choices stay out of migrations."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", _("currency"))
        super().__init__(*args, **kwargs | {"max_length": 3, "choices": currency_choices()})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for derived in ("max_length", "choices", "verbose_name"):
            kwargs.pop(derived, None)
        return name, path, args, kwargs


def money_property(amount_field: str, currency_field: str = "currency") -> property:
    """Return a model property that reads and writes two columns as one `Money`.

    `amount_field` names a `BigIntegerField` of minor units. Where that column is null the property
    is `None`; writing `None` leaves the currency as it is. It also works as a keyword argument of
    the model.
    """

    def read(row: models.Model) -> Money | None:
        amount = getattr(row, amount_field)
        return None if amount is None else Money(amount, getattr(row, currency_field))

    def write(row: models.Model, value: Money | None) -> None:
        setattr(row, amount_field, None if value is None else value.amount)
        if value is not None:
            setattr(row, currency_field, value.currency)

    return property(read, write)


def currency_choices() -> list[tuple[str, Any]]:
    """Return the currencies for a choice field, the most usual here first."""
    return [(code, format_lazy("{} – {}", code, name)) for code, name in CURRENCY_NAMES.items()]


def localised(value: Money, *, short: bool = False) -> str:
    """Return the amount as the reader's language writes it, without its currency: "7,409.70".

    `short` leaves decimals out that are all zero.

    Both of the site's languages group by thousands; where Django's format of a
    locale names no separator of thousands (zh), the comma is used.
    """
    places = money.decimals(value.currency)
    decimals = 0 if short and not value.amount % 10**places else places
    return _grouped(Decimal(value.digits), decimals).replace("-", "\N{MINUS SIGN}")


def counted(number: int) -> str:
    """Return how many there are as the reader's language writes it: "2,797"."""
    return _grouped(Decimal(number), 0)


def _grouped(number: Decimal, decimals: int) -> str:
    text: str = numberformat.format(
        number,
        get_format("DECIMAL_SEPARATOR"),
        decimal_pos=decimals,
        grouping=3,
        thousand_sep=get_format("THOUSAND_SEPARATOR") or ",",
        force_grouping=True,
    )
    return text


def with_currency(value: Money, *, short: bool = False) -> str:
    """Return the amount as of `localised`, with its currency: "7,409.70 CNY"."""
    return f"{localised(value, short=short)} {value.currency}"


def percent_digits(basis_points: int) -> str:
    """Return basis points as a percentage without superfluous zeros: 1250 is "12.5"."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def percentage(digits: object) -> str:
    """Return `digits` as a percentage in the reader's language: "5 %" in English, "5%" in Chinese."""
    return _("%(rate)s %%") % {"rate": digits}

"""Fields for points and priors. As strict as amounts of money: nothing typed is guessed at."""

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.amounts import PercentField
from marketplace.money import AmountError


class PointsField(PercentField):
    """Points of a score of 100 with at most one decimal; cleans to tenths (12.5 points are 125)."""

    default_error_messages = {
        "required": gettext_lazy("Enter the points."),
        "format": gettext_lazy(
            "Write a number with the digits 0 to 9 and a point, for example 12.5."
        ),
        "decimals": gettext_lazy("Points have at most one decimal."),
        "too_large": gettext_lazy("At most 100 points."),
    }

    def parse(self, text: str) -> int:
        return _divided(super().parse(text), 10)

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 10}.{value % 10}" if isinstance(value, int) else value


class PriorField(PercentField):
    """A whole percentage; cleans to an integer."""

    default_error_messages = {"decimals": gettext_lazy("Write a whole percentage.")}

    def parse(self, text: str) -> int:
        return _divided(super().parse(text), 100)

    def prepare_value(self, value: Any) -> Any:
        return value


def _divided(basis_points: int, unit: int) -> int:
    if basis_points % unit:
        raise AmountError("decimals")
    return basis_points // unit

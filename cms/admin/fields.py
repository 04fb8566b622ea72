"""Form fields of the editors' site."""

from typing import Any

from marketplace.amounts import AmountField
from marketplace.money import Money


class MinorUnitsField(AmountField):
    """An amount typed as "12000.50" that cleans to what the column holds: minor units of `currency`."""

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else amount.amount

    def prepare_value(self, value: Any) -> Any:
        return Money(value, self.currency).digits if isinstance(value, int) else value

"""Sending again what was given up, on record."""

from typing import Any

from marketplace.audit import trail
from marketplace.outbox import effects
from marketplace.outbox.models import Effect


def send_again(effect: Effect, *, by: Any) -> bool:
    """Make a failed `effect` due again and log that `by` did so; return whether it was failed."""
    was_failed = effects.send_again(effect)
    if was_failed:
        trail.record(actor=by, action="effect.send_again", target=effect)
    return was_failed

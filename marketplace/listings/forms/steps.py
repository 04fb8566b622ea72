"""The steps in which a listing's form is filled in: a few parts each, one step on the screen at a time.

The form is one. Every step carries the fields of the others along, so nothing typed is lost on the way.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marketplace.listings.completeness import CRITERIA, Completeness, Criterion, completeness
from marketplace.listings.forms.parts import BoundPart, Part


@dataclass(frozen=True, kw_only=True)
class Step:
    """Parts that are filled in together; named after the first one."""

    title: Any
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        return self.parts[0].name

    def has(self, part: str) -> bool:
        """Whether the part of this name is in this step."""
        return any(own.name == part for own in self.parts)


@dataclass(frozen=True)
class BoundStep:
    """A step together with the form that fills it, and what readers still miss in it."""

    form: Any
    step: Step
    missing: tuple[Criterion, ...]
    is_current: bool

    @property
    def title(self) -> Any:
        return self.step.title

    @property
    def name(self) -> str:
        return self.step.name

    @cached_property
    def parts(self) -> list[BoundPart]:
        return [BoundPart(self.form, part) for part in self.step.parts]

    @property
    def is_wrong(self) -> bool:
        return any(part.is_wrong for part in self.parts)

    @property
    def is_filled(self) -> bool:
        """Whether readers ask for something here, and all of it is there."""
        asked = any(
            self.step.has(criterion.part) for criterion in CRITERIA[self.form.instance.kind]
        )
        return asked and not self.missing

    def holds(self, problem: dict[str, Any]) -> bool:
        """Whether the field that `problem` names is in this step."""
        name, _dash, _row = problem["target"].removeprefix("id_").partition("-")
        return any(name in part.names for part in self.parts)


class Walk:
    """The steps of a form and the one that is shown: `shown` is the name of a part of it."""

    def __init__(self, form: Any, shown: str) -> None:
        self.completeness: Completeness = completeness(form.instance)
        self.form = form
        found = (step for step in form.steps if step.has(shown))
        chosen = next(found, form.steps[0])
        self.steps: list[BoundStep] = [self._bind(step, step is chosen) for step in form.steps]
        self.number = form.steps.index(chosen)

    def _bind(self, step: Step, is_current: bool) -> BoundStep:
        missing = [one for one in self.completeness.missing if step.has(one.part)]
        return BoundStep(self.form, step, tuple(missing), is_current)

    @property
    def current(self) -> BoundStep:
        return self.steps[self.number]

    @property
    def following(self) -> Step | None:
        """The step after the one that is shown."""
        after = self.steps[self.number + 1 : self.number + 2]
        return after[0].step if after else None

    def at_first_fault(self) -> "Walk":
        """Return the walk at the step that is shown if that is wrong, else at the first wrong one."""
        wrong = [step for step in (self.current, *self.steps) if step.is_wrong]
        return Walk(self.form, (wrong or [self.current])[0].name)

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Every error, for the summary on top; links lead only to what is on the screen."""
        return [
            problem if not problem["target"] or self.current.holds(problem) else _named(problem)
            for problem in self.form.problems
        ]


def _named(problem: dict[str, Any]) -> dict[str, Any]:
    return {"target": "", "text": f"{problem['label']}: {problem['text']}"}

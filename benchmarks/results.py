"""What every benchmark answers with: tables of lines, to be printed, kept and written down."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.timing import Ratio, Sample

_GOAL = re.compile(r"(?:≤ )?(?:(?P<least>[\d.]+) to )?(?P<most>[\d.]+) (?P<unit>×|s|MB)")


@dataclass(frozen=True)
class Line:
    """Work and how long it took, or how much it used; `floor` is None for a floor itself.

    A goal is `≤ 1.5 ×` of the floor, `0.7 to 2 ×` of it, `≤ 0.4 s` or `≤ 150 MB`.
    """

    name: str
    sample: Sample
    floor: Sample | None = None
    goal: str = ""
    unit: str = "s"

    @property
    def ratio(self) -> Ratio | None:
        return self.sample.over(self.floor) if self.floor else None

    @property
    def fastest(self) -> float | None:
        """The ratio of the rounds that were disturbed least."""
        return self.sample.fastest / self.floor.fastest if self.floor else None

    @property
    def shown(self) -> str:
        return self.sample.shown_in(self.unit)

    @property
    def met(self) -> bool | None:
        """Whether the middle of all rounds is within the goal; None without a goal."""
        if not self.goal:
            return None
        found = _GOAL.fullmatch(self.goal)
        assert found is not None, f"{self.goal} is no goal"
        if found["unit"] == "×":
            assert self.ratio is not None, f"{self.name} has no floor"
            value = self.ratio.median
        else:
            assert found["unit"] == self.unit, f"{self.name} is not in {found['unit']}"
            value = self.sample.median
        return float(found["least"] or 0) <= value <= float(found["most"])


@dataclass(frozen=True)
class Result:
    """One table: what was done, its lines, and what else is to be said of it."""

    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    @property
    def goals(self) -> Sequence[Line]:
        return [each for each in self.lines if each.goal]


def to_json(result: Result) -> dict[str, Any]:
    return {
        "title": result.title,
        "lines": [
            {
                "name": each.name,
                "unit": each.unit,
                "values": list(each.sample.seconds),
                "floor": list(each.floor.seconds) if each.floor else None,
                "goal": each.goal,
            }
            for each in result.lines
        ],
        "notes": list(result.notes),
    }


def from_json(kept: Mapping[str, Any]) -> Result:
    lines = (
        Line(
            each["name"],
            Sample(tuple(each["values"])),
            Sample(tuple(each["floor"])) if each["floor"] else None,
            each["goal"],
            each["unit"],
        )
        for each in kept["lines"]
    )
    return Result(kept["title"], tuple(lines), tuple(kept["notes"]))

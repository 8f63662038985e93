"""What a run of these tests came to: the table that it ends with, and the file of its figures."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

PROPERTY = "faults"
_NAME = re.compile(r"test_(\d+(?:_to_\d+)?)_(\w+)")


@dataclass
class Tally:
    """What a test did, for the table at the end. An anomaly names its fault and what was wrong."""

    scenario: str
    injected: int = 0
    anomalies: list[str] = field(default_factory=list)
    seconds: float = 0
    skipped: str = ""

    def note(self, fault: object, found: Iterable[str]) -> None:
        self.anomalies += [f"{fault}: {each}" for each in found]

    @property
    def number(self) -> int:
        return int(re.match(r"\d*", self.scenario)[0] or 0)  # type: ignore[index]


def tallies_of(report: pytest.TestReport) -> Iterator[Tally]:
    """Of a test that has ended: what it counted itself, else one fault by the name of the test."""
    properties: list[tuple[str, Any]] = report.user_properties
    counted = [Tally(**value) for name, value in properties if name == PROPERTY]
    named = _NAME.search(report.nodeid)
    if report.skipped and named:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        yield Tally(_scenario(named), skipped=reason.removeprefix("Skipped: "))
    elif report.when == "call" and counted:
        yield from counted
    elif report.when == "call" and named:
        wrong = [report.nodeid] if report.failed else []
        yield Tally(_scenario(named), 1, wrong, report.duration)


def _scenario(named: re.Match[str]) -> str:
    return f"{named[1].replace('_to_', '-')} {named[2].replace('_', ' ')}"


def summed(tallies: Iterable[Tally]) -> list[Tally]:
    """One for each scenario, in the order of their numbers."""
    found: dict[str, Tally] = {}
    for each in tallies:
        known = found.get(each.scenario, Tally(each.scenario))
        found[each.scenario] = replace(
            known,
            injected=known.injected + each.injected,
            anomalies=known.anomalies + each.anomalies,
            seconds=known.seconds + each.seconds,
            skipped=known.skipped or each.skipped,
        )
    return sorted(found.values(), key=lambda each: (each.number, each.scenario))


def lines(tallies: Iterable[Tally], shown: int = 3) -> Iterator[str]:
    yield "injected  anomalies   seconds  scenario"
    injected = anomalies = 0
    for each in summed(tallies):
        injected, anomalies = injected + each.injected, anomalies + len(each.anomalies)
        counts = f"{each.injected:8}  {len(each.anomalies):9}  {each.seconds:8.1f}"
        skipped = f" - SKIPPED: {each.skipped}" if each.skipped else ""
        yield f"{counts}  {each.scenario}{skipped}"
        yield from (f"    {anomaly}" for anomaly in each.anomalies[:shown])
    yield f"{injected:8}  {anomalies:9}            in all"


def keep(tallies: Iterable[Tally], place: Path) -> None:
    figures: list[dict[str, Any]] = [
        {
            "scenario": each.scenario,
            "injected": each.injected,
            "anomalies": len(each.anomalies),
            "seconds": round(each.seconds, 1),
            "skipped": each.skipped,
        }
        for each in summed(tallies)
    ]
    place.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")

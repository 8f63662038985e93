"""What a run of these tests came to: the table that it ends with, and the file of its figures."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

# `all` leaves out nothing, on no server, and waits as long as the scenario says. `some` takes one
# in five where there are hundreds of a kind.
EVERYTHING = os.environ.get("MIGRATION_BOT_FAULTS") == "all"
ONE_IN = 5 if os.environ.get("MIGRATION_BOT_FAULTS") == "some" else 1

PROPERTY = "faults"
ASKED = "asked"
_NAME = re.compile(r"test_(\d+(?:_to_\d+)?)_(\w+)")


@dataclass
class Tally:
    """What a test did, for the table at the end. An anomaly names its fault and what was wrong;
    `figure` is what it has measured, in words."""

    scenario: str
    injected: int = 0
    anomalies: list[str] = field(default_factory=list)
    seconds: float = 0
    skipped: str = ""
    figure: str = ""

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
    elif report.failed and named:
        yield Tally(_scenario(named), 0, [f"{report.nodeid} in its {report.when}"])


def asked_of(report: pytest.TestReport) -> Iterator[int | str]:
    """How often Prisma was asked in a test that has ended, or why it could not be."""
    if report.when == "teardown":
        properties: list[tuple[str, Any]] = report.user_properties
        yield from (value for name, value in properties if name == ASKED)


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
            figure="; ".join(filter(None, [known.figure, each.figure])),
        )
    return sorted(found.values(), key=lambda each: (each.number, each.scenario))


def lines(
    tallies: Iterable[Tally], asked: Sequence[int | str] = (), *, shown: int = 3
) -> Iterator[str]:
    yield "injected  anomalies   seconds  scenario"
    injected = anomalies = 0
    for each in summed(tallies):
        injected, anomalies = injected + each.injected, anomalies + len(each.anomalies)
        counts = f"{each.injected:8}  {len(each.anomalies):9}  {each.seconds:8.1f}"
        skipped = f" - SKIPPED: {each.skipped}" if each.skipped else ""
        measured = f" - {each.figure}" if each.figure else ""
        yield f"{counts}  {each.scenario}{skipped}{measured}"
        yield from (f"    {anomaly}" for anomaly in each.anomalies[:shown])
    yield f"{injected:8}  {anomalies:9}            in all"
    answers = sum(each for each in asked if isinstance(each, int))
    yield f"{answers:8}             questions to Prisma's own CLI, whether it says the same"
    yield from sorted({each.upper() for each in asked if isinstance(each, str)})


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

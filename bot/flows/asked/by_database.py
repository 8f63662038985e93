"""The outputs of a job that is about several databases: JSON objects by database, but for paths."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot.core.github.event import Event
from bot.core.github.run import Run
from bot.world import Runner, World

# What is JSON already, and is put into the object as it is.
_JSON = frozenset({"migrations", "applied"})
# A target's name says which database it is of, so that these objects are put together.
_BY_TARGET = "forecast-digests"
# What is about the job as a whole.
_WHOLE = "report"
# A path a line, as the action that keeps the files wants it.
_PATHS = "audit"


@dataclass(frozen=True)
class _Collecting:
    """The job's runner, which hears of an output when that of every database is known."""

    runner: Runner
    outputs: dict[str, str] = field(default_factory=dict)

    def event(self) -> Event:
        return self.runner.event()

    def run(self, commit: str) -> Run:
        return self.runner.run(commit)

    def summary(self, markdown: str) -> None:
        self.runner.summary(markdown)

    def output(self, name: str, value: str) -> None:
        if name == _WHOLE:
            self.runner.output(name, value)
        elif name == _PATHS and name in self.outputs:
            self.outputs[name] += f"\n{value}"
        else:
            self.outputs[name] = value

    def log(self, lines: str) -> None:
        self.runner.log(lines)

    def file(self, path: str, text: str) -> None:
        self.runner.file(path, text)


@contextmanager
def outputs_by_database(worlds: Sequence[World]) -> Iterator[Sequence[World]]:
    """The same worlds; what they set as outputs is set in the end, whatever that is.

    Where it is about one database its outputs are set as they are.
    """
    runner = worlds[0].runner
    if len(worlds) == 1 or runner is None:
        yield worlds
        return
    collecting = {each.settings.database: _Collecting(runner) for each in worlds}
    try:
        yield [replace(each, runner=collecting[each.settings.database]) for each in worlds]
    finally:
        _set({name: each.outputs for name, each in collecting.items()}, runner)


def _set(found: Mapping[str, Mapping[str, str]], runner: Runner) -> None:
    for name in dict.fromkeys(name for outputs in found.values() for name in outputs):
        values = {key: outputs[name] for key, outputs in found.items() if name in outputs}
        joined = _joined(name, values)
        runner.output(name, joined if isinstance(joined, str) else json.dumps(joined))


def _joined(name: str, values: Mapping[str, str]) -> Mapping[str, object] | str:
    if name == _PATHS:
        return "\n".join(values.values())
    if name == _BY_TARGET:
        return {key: text for each in values.values() for key, text in json.loads(each).items()}
    if name in _JSON:
        return {database: json.loads(each) for database, each in values.items()}
    return values

"""What a file sets its timeouts to, and where that holds."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.judge.context import Context, MigrationContext
from bot.judge.timeline import Step
from bot.sql.actions import Query, SetVariable

TIMEOUTS = (
    "lock_timeout",
    "statement_timeout",
    "transaction_timeout",
    "idle_in_transaction_session_timeout",
)
_NAMES = (*TIMEOUTS, "application_name")
_UNITS = {"us": 0.001, "": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Setting:
    """`value` as it is written; None gives the setting back to the server. `step` is who did it."""

    step: Step
    value: str | None
    local: bool = False

    @property
    def milliseconds(self) -> float | None:
        """How long that is; None if the text does not say."""
        return milliseconds(self.value or "")


def milliseconds(duration: str) -> float | None:
    match = _DURATION.fullmatch(duration)
    unit = _UNITS.get(match[2].lower()) if match else None
    return float(match[1]) * unit if match and unit is not None else None


def settings_of(name: str, step: Step) -> Iterator[Setting]:
    for each in step.all(SetVariable):
        if each.name == name or (each.reset and each.name == "all"):
            yield Setting(step, each.value, each.local)
    for query in step.all(Query):
        if "set_config" in query.functions and name in query.strings:
            following = query.strings[query.strings.index(name) + 1 :]
            yield Setting(step, following[0] if following else None)


def settings_in(file: MigrationContext) -> Mapping[str, Sequence[Setting]]:
    """What a file says about its timeouts and the like, in order, by the setting's name."""
    found: dict[str, list[Setting]] = {name: [] for name in _NAMES}
    for step in file.everything.steps_with(SetVariable, Query):
        for name, kept in found.items():
            kept.extend(settings_of(name, step))
    return found


def is_set(name: str, context: Context) -> bool:
    """Whether the file says something about the setting anywhere."""
    return bool(context.file.once(settings_in)[name])


def in_effect(name: str, context: Context) -> Setting | None:
    """The setting that holds for this statement; None if the file said nothing so far.

    SET LOCAL holds until its transaction ends, and so for nothing if it is one by itself.
    """
    here, mine = context.step.statement.index, context.step.transaction
    said = context.file.once(settings_in)[name]
    before = bisect_left(said, here, key=lambda each: each.step.statement.index)
    for each in reversed(said[:before]):
        if not each.local or (mine is not None and each.step.transaction == mine):
            return each
    return None

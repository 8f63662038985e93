"""What a file sets its timeouts to, and where that holds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.judge.context import Context, Step
from bot.sql.actions import Query, SetVariable

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
        match = _DURATION.fullmatch(self.value or "")
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


def is_set(name: str, steps: Iterable[Step]) -> bool:
    """Whether any of the steps says something about the setting."""
    return any(True for step in steps for _ in settings_of(name, step))


def in_effect(name: str, context: Context) -> Setting | None:
    """The setting that holds for this statement; None if the file said nothing so far.

    SET LOCAL holds until its transaction ends, and so for nothing if it is one by itself.
    """
    session: Setting | None = None
    local: Setting | None = None
    for step in context.earlier:
        for each in settings_of(name, step):
            if each.local:
                local = each
            else:
                session, local = each, None
    mine = context.step.transaction
    if local and mine is not None and local.step.transaction == mine:
        return local
    return session

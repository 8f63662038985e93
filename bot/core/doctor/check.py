"""One thing that was looked at: how it is, and what mends it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import BotError


class State(StrEnum):
    """`WARN` is worth a look, and nothing stops for it; `SKIPPED` could not be looked at, or need
    not be, and says why."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Check:
    """`name` is the same in every run, `said` one line, `advice` what to do: a command where there
    is one, and never "" unless it passed or was skipped."""

    name: str
    state: State
    said: str
    advice: str = ""


@dataclass(frozen=True)
class Trouble:
    """What was refused, in the words of the error it came as."""

    message: str
    hint: str

    @classmethod
    def of(cls, error: BotError) -> "Trouble":
        return cls(error.message, error.hint)


class GroupKind(StrEnum):
    MACHINE = "machine"
    CHECKOUT = "checkout"
    CONFIGURATION = "configuration"
    TARGET = "target"
    GITHUB = "github"


@dataclass(frozen=True)
class Group:
    """Checks of one subject. `name` is the target's; that of the database, if there are several."""

    kind: GroupKind
    checks: tuple[Check, ...]
    name: str = ""


@dataclass(frozen=True)
class Examination:
    groups: tuple[Group, ...]

    def count(self, state: State) -> int:
        return sum(each.state is state for group in self.groups for each in group.checks)

    @property
    def fine(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.count(State.FAIL)


def passed(name: str, said: str) -> Check:
    return Check(name, State.PASS, said)


def warned(name: str, said: str, advice: str) -> Check:
    return Check(name, State.WARN, said, advice)


def failed(name: str, said: str, advice: str) -> Check:
    return Check(name, State.FAIL, said, advice)


def skipped(name: str, why: str, advice: str = "") -> Check:
    return Check(name, State.SKIPPED, why[:1].upper() + why[1:], advice)


def refused(name: str, trouble: Trouble, state: State = State.FAIL) -> Check:
    """On one line, also where the error lists several mistakes."""
    first, *others = trouble.message.splitlines() or [""]
    said = " ".join([first, "; ".join(each.strip().removeprefix("- ") for each in others)])
    return Check(name, state, said.strip(), trouble.hint)

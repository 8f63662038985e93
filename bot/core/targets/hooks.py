"""What is run for the project after a rollout: a command of the configuration, or a seed."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import BotError


class HookName(StrEnum):
    GENERATE = "generate"
    SEED = "seed"


@dataclass(frozen=True)
class Command:
    """Words, and no shell that would read them."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Script:
    """SQL, by its path below the checkout's top: the bot runs it itself."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class Hooks:
    """`seed` is None where nothing is said of it. `seconds` is how long each may take."""

    generate: Command | None = None
    seed: Command | Script | None = None
    seconds: int = 600


@dataclass(frozen=True)
class Wishes:
    """Which of them are to be run, and what each is, in this order."""

    generate: Command | None = None
    seed: Command | Script | None = None

    @property
    def wanted(self) -> tuple[tuple[HookName, Command | Script], ...]:
        """The client first: a seed that is a program may be written with it."""
        each = ((HookName.GENERATE, self.generate), (HookName.SEED, self.seed))
        return tuple((name, what) for name, what in each if what is not None)


@dataclass(frozen=True)
class HookRun:
    """One that was run. `problem` is why it failed, if it did."""

    name: HookName
    what: str
    seconds: float
    problem: BotError | None = None

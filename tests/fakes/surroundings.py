"""The clock, the console, files, the log of a rollout, and GitHub's runner, as fakes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.findings.page import Page
from bot.core.github.event import Event
from bot.core.github.run import Run
from bot.core.rollouts.rollout_log import Value
from bot.errors import UsageError
from bot.world.log import RolloutLog
from tests.fakes.values import NOON


@dataclass
class FakeClock:
    """Time passes only while somebody sleeps."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class FakeConsole:
    page: Page = field(default_factory=Page)
    shown: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def say(self, text: str) -> None:
        self.said.append(text)

    waited: list[str] = field(default_factory=list)

    @contextmanager
    def waiting(self, text: str, of: int = 0) -> Iterator[Callable[[], None]]:
        """Nothing takes long enough to be told of; kept is what was waited for, once it is over."""
        done: list[None] = []
        yield lambda: done.append(None)
        self.waited.append(f"{text}: {len(done)} of {of}" if of else text)

    watched: bool = False

    def follow(self, text: str) -> None:
        if self.watched:
            self.followed.append(text)

    @property
    def output(self) -> str:
        return "\n".join(self.shown)


@dataclass
class FakeLog:
    lines: list[Mapping[str, Value]] = field(default_factory=list)
    wanted = True

    def open(self) -> None:
        """It is open."""

    def write(self, content: Mapping[str, Value]) -> None:
        self.lines.append(content)

    def at(self, path: str) -> RolloutLog:
        return self


@dataclass
class FakeFiles:
    """Files by their paths."""

    texts: dict[str, str] = field(default_factory=dict)

    def read(self, path: str) -> str:
        if path not in self.texts:
            raise UsageError(f"{path} cannot be read.", hint="Check the path.")
        return self.texts[path]

    def write(self, path: str, text: str) -> None:
        self.texts[path] = text

    def write_folder(self, path: str, texts: Mapping[str, str]) -> Mapping[str, int]:
        self.texts |= {f"{path}/{name}": text for name, text in texts.items()}
        return {name: len(text.encode()) for name, text in texts.items()}


@dataclass
class FakeRunner:
    started_for: Event = field(default_factory=lambda: Event("push", {}, "c" * 40))
    id: int = 1
    written: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def event(self) -> Event:
        return self.started_for

    def run(self, commit: str) -> Run:
        url = "https://github.com/acme/shop"
        return Run(commit, url, f"{url}/actions/runs/{self.id}", self.id, self.id, 1, NOON)

    def summary(self, markdown: str) -> None:
        self.written.append(markdown)

    def output(self, name: str, value: str) -> None:
        self.outputs[name] = value

    def file(self, path: str, text: str) -> None:
        self.files[path] = text

    def log(self, lines: str) -> None:
        self.logged.append(lines)

"""Rollouts to a real database."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.adapters.postgres.target.opening import open_target
from bot.core.migrations.migration import Migration
from bot.core.rollouts.outcome import Outcome
from bot.core.settings import default_targets
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.flows.targets.rolling_back import order_back, rollback_for
from bot.flows.targets.rollout import order_for
from bot.rollout.procedure import roll_out
from bot.world import Database, Downs, World
from tests.asking import PATIENCE
from tests.fakes import FakeCheckout, FakeConsole, history, world

STAGING = default_targets()["staging"]


@dataclass
class Rollout:
    """One rollout of these migrations to that database; `said` is what it told along the way.

    It waits by the real clock, unless it is `hurried`: then by one that a wait only puts forward.
    """

    url: str
    migrations: tuple[Migration, ...]
    target: Target = STAGING
    who: str = ""
    console: FakeConsole = field(default_factory=FakeConsole)
    hurried: bool = False

    @property
    def said(self) -> str:
        return "\n".join(self.console.said)

    def run(self) -> Outcome:
        made = self.world()
        return roll_out(order_for(self.target, made), made)

    @contextmanager
    def connect(self, target: Target) -> Iterator[Database]:
        """That database, whatever target is meant."""
        with open_target(target, parse_url(self.url), who=self.who) as opened:
            yield opened

    def world(self) -> World:
        made = world(FakeCheckout(history(*self.migrations)))
        made = replace(made, console=self.console, connect=self.connect)
        if self.hurried:
            return made
        return replace(made, now=lambda: datetime.now(UTC), sleep=time.sleep)


@dataclass
class Apply:
    """Hurried rollouts to one database, one after the other; `said` are the lines of the last."""

    url: str
    said: list[str] = field(default_factory=list)

    def __call__(self, *migrations: Migration, **changes: Any) -> Outcome:
        """`changes` are to the settings of the target."""
        target = replace(STAGING, **changes)
        rollout = Rollout(self.url, migrations, target, hurried=True)
        self.said = rollout.console.said
        return rollout.run()


@dataclass
class TakeBack:
    """Hurried rollbacks of one database, without a throw-away server beside it unless `downs` is
    one; `said` are the lines of the last."""

    url: str
    downs: Downs | None = None
    said: list[str] = field(default_factory=list)

    def __call__(
        self,
        *migrations: Migration,
        to: str | None = None,
        steps: int | None = None,
        digest: str | None = None,
        **changes: Any,
    ) -> Outcome:
        """`changes` are to the settings of the target."""
        target = replace(STAGING, **changes)
        rollout = Rollout(self.url, migrations, target, hurried=True)
        self.said = rollout.console.said
        made = replace(rollout.world(), downs=self.downs)
        rollback = rollback_for(target, made, to=to, steps=steps)
        return roll_out(order_back(rollback, made, expect_digest=digest), made)


class Running(threading.Thread):
    """Something that runs beside the test; its error is raised by `result`."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:
            self._error = error

    def result(self) -> Any:
        self.join(PATIENCE)
        assert not self.is_alive()
        if self._error is not None:
            raise self._error
        return self._result

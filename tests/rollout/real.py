"""Rollouts to a real database, by the real clock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import psycopg

from bot.adapters.postgres.target.opening import open_target
from bot.core.migration import Migration
from bot.core.outcome import Outcome
from bot.core.settings import default_targets
from bot.core.target import Target
from bot.core.url import parse_url
from bot.flows.rollout import order_for
from bot.rollout.procedure import roll_out
from bot.world import Database
from tests.fakes import FakeCheckout, FakeConsole, history, world

STAGING = default_targets()["staging"]
PATIENCE = 60.0


@dataclass
class Rollout:
    """One rollout of these migrations to that database; `said` is what it told along the way."""

    url: str
    migrations: tuple[Migration, ...]
    target: Target = STAGING
    who: str = ""
    console: FakeConsole = field(default_factory=FakeConsole)

    @property
    def said(self) -> str:
        return "\n".join(self.console.said)

    def run(self) -> Outcome:
        made = replace(
            world(FakeCheckout(history(*self.migrations))),
            console=self.console,
            connect=self._connect,
            now=lambda: datetime.now(UTC),
            sleep=time.sleep,
        )
        return roll_out(order_for(self.target, made), made)

    @contextmanager
    def _connect(self, target: Target) -> Iterator[Database]:
        with open_target(target, parse_url(self.url), who=self.who) as opened:
            yield opened


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


def ask(database: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)

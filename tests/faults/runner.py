"""Rollouts in processes of their own, which can be killed at any moment.

They are forked from a server that has imported everything already (tens of milliseconds), which has
no threads: the process of the tests has many.
"""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.adapters.postgres.target.opening import open_target
from bot.core.migrations.migration import Migration
from bot.core.settings import default_targets
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import BotError
from bot.flows.targets.rolling_back import order_back, rollback_for
from bot.flows.targets.rollout import order_for
from bot.rollout.procedure import Order, roll_out
from bot.world import Database, World
from tests.fakes import FakeCheckout, FakeConsole, history, world

STAGING = default_targets()["staging"]
ROOT = Path(__file__).parents[2]
# No rollout of these tests takes a tenth of it; a runner that hangs is a find.
PATIENCE = 120.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.faults.runner"])


@dataclass(frozen=True)
class Job:
    """What a runner is to apply, and where; or with `back_to` to take back, up to the migration
    that stays. `skew` is how many days its clock is wrong; its pauses are divided by `haste`."""

    url: str
    migrations: tuple[Migration, ...]
    target: Target = STAGING
    skew: float = 0
    haste: float = 1
    back_to: str = ""


@dataclass(frozen=True)
class Ending:
    """How a runner ended, in its own words. `error` is the class of what it raised, "killed" if it
    could not say anything; then the rest is empty."""

    applied: tuple[str, ...] = ()
    error: str = ""
    message: str = ""
    hint: str = ""
    sqlstate: str | None = None
    said: tuple[str, ...] = field(default=())

    @property
    def fine(self) -> bool:
        return not self.error

    @property
    def killed(self) -> bool:
        return self.error == "killed"

    @property
    def told(self) -> str:
        """Everything that it said, for what must and must not be in it."""
        return "\n".join([*self.said, self.message, self.hint])


class Runner:
    """A rollout under way in a process of its own."""

    def __init__(self, job: Job) -> None:
        self._answer, theirs = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=_work, args=(job, theirs), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL, if it has not ended; `ending` waits until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def ending(self, patience: float = PATIENCE) -> Ending:
        """Wait for its end. Raises TimeoutError for one that hangs, which is then killed."""
        try:
            if not self._answer.poll(patience):
                self.kill()
                self._process.join()
                raise TimeoutError(f"the runner was still at work after {patience:g} seconds")
            ending: Ending = self._answer.recv()
        except (EOFError, ConnectionResetError):
            ending = Ending(error="killed")
        self._process.join(PATIENCE)
        self._answer.close()
        return ending


def run(job: Job) -> Ending:
    """Roll out undisturbed."""
    return Runner(job).ending()


def _work(job: Job, answer: Connection) -> None:
    console = FakeConsole()
    try:
        given = _world(job, console)
        outcome = roll_out(_order(job, given), given)
        ending = Ending(tuple(each.name for each in outcome.applied))
    except BotError as error:
        state = getattr(error, "sqlstate", None)
        ending = Ending((), type(error).__name__, error.message, error.hint, state)
    except BaseException:
        ending = Ending((), "fault", traceback.format_exc())
    answer.send(replace(ending, said=tuple(console.said)))
    answer.close()


def _order(job: Job, given: World) -> Order:
    if not job.back_to:
        return order_for(job.target, given)
    return order_back(rollback_for(job.target, given, to=job.back_to), given)


def _world(job: Job, console: FakeConsole) -> World:
    @contextmanager
    def connect(target: Target) -> Iterator[Database]:
        with open_target(target, parse_url(job.url)) as opened:
            yield opened

    return replace(
        world(FakeCheckout(history(*job.migrations))),
        connect=connect,
        console=console,
        now=lambda: datetime.now(UTC) + timedelta(days=job.skew),
        sleep=lambda seconds: time.sleep(seconds / job.haste),
    )


@dataclass
class Command:
    """`python -m bot apply staging` as GitHub's runner starts it, in a folder of its own."""

    process: "subprocess.Popen[str]"

    def interrupt(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ending(self, patience: float = PATIENCE) -> tuple[int, str]:
        """Its exit code, and all it said."""
        said, _ = self.process.communicate(timeout=patience)
        return self.process.returncode, said


def command(
    folder: Path,
    url: str,
    migrations: tuple[Migration, ...],
    *arguments: str,
    target: str = "staging",
    environ: Mapping[str, str] | None = None,
) -> Command:
    """Start it; `arguments` are those after the target."""
    write(folder, migrations)
    whole: dict[str, Any] = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "STAGING_DATABASE_URL": url,
        "NO_COLOR": "1",
        **(environ or {}),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "apply", target, *arguments],
        cwd=folder,
        env=whole,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Command(process)


def write(folder: Path, migrations: tuple[Migration, ...]) -> None:
    """The files of a history, as a checkout has them."""
    for each in migrations:
        place = folder / each.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(each.sql.encode())
    lock = folder / "prisma" / "migrations" / "migration_lock.toml"
    lock.write_text('provider = "postgresql"\n')

"""Crash, run again until it is done, look; as often as there are places to crash at."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from bot.adapters.postgres.migrations_table import TABLE, create
from tests.faults.figures import EVERYTHING, ONE_IN, Tally
from tests.faults.invariants import (
    after_convergence,
    after_crash,
    content,
    look,
    message_is_true,
)
from tests.faults.proxy import Fault, Link, Message, Proxy, nth
from tests.faults.runner import Ending, Job, Runner, run
from tests.faults.stories import BEFORE, Story

# A run is killed again so often at most before it is left alone.
MOST_CRASHES = 8
FEW = 24
SETTLING = 30.0


@dataclass
class Place:
    """One database with BEFORE applied, the proxy before it, and what it ends up as. `judged` is
    whether Prisma is asked about it in the end."""

    url: str
    proxy: Proxy
    story: Story
    expected: Sequence[str] = ()
    major: int = 0
    rows: Sequence[tuple[Any, ...]] = ()
    mark: str | None = None
    judged: bool = True

    @property
    def job(self) -> Job:
        return Job(self.proxy.url, self.story.history, haste=20)

    def prepare(self) -> None:
        """Apply BEFORE, and find out what an undisturbed run leaves; then begin anew."""
        ending = run(Job(self.proxy.url, (BEFORE,)))
        assert ending.applied == (BEFORE.name,), ending
        with psycopg.connect(self.url, autocommit=True) as connection:
            self.major = connection.info.server_version // 10_000
            self.rows = connection.execute(f"SELECT * FROM {TABLE}".encode()).fetchall()
            (self.mark,) = connection.execute(
                "SELECT obj_description(%s::regclass)", (TABLE,)
            ).fetchone() or (None,)
        ending = run(self.job)
        assert ending.applied == (self.story.file.name,), ending
        with psycopg.connect(self.url, autocommit=True) as connection:
            self.expected = content(connection)
        self.reset()

    def messages(self) -> list[Message]:
        """Those of an undisturbed run."""
        self.reset()
        self.proxy.arm()
        assert run(self.job).fine
        return self.proxy.seen

    def reset(self) -> None:
        """The database as it is before the file, without taking the time of a rollout."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            with connection.transaction():
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
                connection.execute(BEFORE.sql.encode())
            create(connection)
            values = ", ".join(["%s"] * len(self.rows[0]))
            for row in self.rows:
                connection.execute(f"INSERT INTO {TABLE} VALUES ({values})".encode(), row)
            if self.mark:
                mark = sql.Literal(self.mark)
                connection.execute(sql.SQL(f"COMMENT ON TABLE {TABLE} IS {{}}").format(mark))

    def run_with(
        self, fault: Callable[["Future[Runner]"], Fault], then: Callable[[], None] | None = None
    ) -> tuple[Ending, bool]:
        """Run with a fault, and do `then` once it has come; how the run ended, and whether the
        fault came to pass."""
        victim: Future[Runner] = Future()
        armed = fault(victim)
        self.proxy.arm(armed)
        runner = Runner(self.job)
        victim.set_result(runner)
        while then and runner.running and not armed.came.wait(0.01):
            pass
        if then and armed.hit and armed.came.wait(SETTLING):
            then()
        ending = runner.ending()
        self.proxy.hang_up()
        return ending, armed.hit is not None

    def check_crash(self, ending: Ending) -> Iterator[str]:
        state = look(self.url, self.story)
        yield from after_crash(state, self.story)
        yield from message_is_true(ending, state, self.story)

    def check_convergence(self) -> Iterator[str]:
        """Run again, undisturbed, and look."""
        self.proxy.arm()
        ending = run(self.job)
        if not ending.fine:
            yield f"the next run ended with {ending}"
            return
        yield from after_convergence(self.url, self.story, self.expected)


def kill(
    at: Callable[[Message], bool], *, after: bool = False
) -> Callable[["Future[Runner]"], Fault]:
    """SIGKILL at a message; nothing of what the runner had still to send goes through."""

    def fault(victim: "Future[Runner]") -> Fault:
        def act(link: Link) -> None:
            victim.result().kill()
            link.close()

        return Fault(at, act, after)

    return fault


def crashing_points(messages: Sequence[Message], parity: int) -> Iterator[tuple[Message, bool]]:
    """Where to kill: after each message that makes the server do or commit something, before each
    that says it has; of those, one parity or the other. Two servers together have all of them.

    Between the others nothing is different in the server, and a few of them must do.
    MIGRATION_BOT_FAULTS=all leaves out none, neither before nor after; `some` has one in five.
    """
    if EVERYTHING:
        yield from ((each, after) for each in messages for after in (False, True))
        return
    telling = [each for each in messages if each.telling][parity::2]
    others = [each for each in messages if not each.telling][parity::FEW]
    for message in sorted([*telling, *others], key=messages.index)[::ONE_IN]:
        yield message, message.side == "frontend"


def crash_everywhere(place: Place, points: Iterable[tuple[Message, bool]], tally: Tally) -> None:
    """Kill at each of these messages, before it is passed on or after."""
    for message, after in points:
        place.reset()
        _trial(place, tally, message, after)


def _trial(place: Place, tally: Tally, message: Message, after: bool) -> None:
    at = nth(message.side, message.number)
    ending, hit = place.run_with(kill(at, after=after))
    tally.injected += hit
    name = f"killed {'after' if after else 'before'} {message}"
    tally.note(name, place.check_crash(ending))
    tally.note(name, place.check_convergence())


def crash_again_and_again(
    place: Place, messages: Sequence[Message], tally: Tally, *, rounds: int, seed: int
) -> None:
    """Kill at random messages, again in the next run, and again, then let it be done."""
    chance = random.Random(seed)
    for number in range(0, rounds, ONE_IN):
        place.reset()
        for attempt in range(chance.randint(2, MOST_CRASHES)):
            message = chance.choice(messages)
            at, after = nth(message.side, message.number), chance.random() < 0.5
            ending, hit = place.run_with(kill(at, after=after))
            tally.injected += hit
            tally.note(f"seed {seed}.{number}.{attempt} at {message}", place.check_crash(ending))
        tally.note(f"seed {seed}.{number}", place.check_convergence())


def try_everything(
    place: Place,
    tally: Tally,
    faults: Iterable[Callable[["Future[Runner]"], Fault]],
    then: Callable[[], None] | None = None,
) -> None:
    """One fault after the other, each on a database as it was before."""
    for number, fault in enumerate(faults):
        place.reset()
        ending, hit = place.run_with(fault, then)
        tally.injected += hit
        tally.note(f"fault {number}", place.check_crash(ending))
        tally.note(f"fault {number}", place.check_convergence())


def at_random(
    messages: Sequence[Message], count: int, seed: int, act: Callable[[Link], None]
) -> Iterator[Callable[["Future[Runner]"], Fault]]:
    """The same harm at messages chosen by chance, before or after each."""
    chance = random.Random(seed)
    for _ in range(0, count, ONE_IN):
        message, after = chance.choice(messages), chance.random() < 0.5
        at = nth(message.side, message.number)
        yield lambda _, at=at, after=after: Fault(at, act, after)  # type: ignore[misc]


def timed(tally: Tally) -> "_Timed":
    return _Timed(tally)


class _Timed:
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def __enter__(self) -> Tally:
        self._begun = time.monotonic()
        return self._tally

    def __exit__(self, *_: Any) -> None:
        self._tally.seconds = time.monotonic() - self._begun

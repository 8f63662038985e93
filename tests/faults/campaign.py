"""Crash, run again until it is done, look; as often as there are places to crash at."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import psycopg

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


@dataclass
class Tally:
    """What a test did, for the table at the end. `anomalies` say which fault, and what was wrong."""

    scenario: str
    injected: int = 0
    anomalies: list[str] = field(default_factory=list)
    seconds: float = 0

    def note(self, fault: object, found: Iterable[str]) -> None:
        self.anomalies += [f"{fault}: {each}" for each in found]


@dataclass
class Place:
    """One database with BEFORE applied, the proxy before it, and what it ends up as."""

    url: str
    proxy: Proxy
    story: Story
    expected: Sequence[str] = ()

    @property
    def job(self) -> Job:
        return Job(self.proxy.url, self.story.history)

    def prepare(self) -> None:
        """Find out what an undisturbed run leaves, then begin anew."""
        self.reset()
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
        """The database as it is before the file."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        ending = run(Job(self.proxy.url, (BEFORE,)))
        assert ending.applied == (BEFORE.name,), ending

    def run_with(self, fault: Callable[["Future[Runner]"], Fault]) -> tuple[Ending, bool]:
        """Run with a fault; how it ended, and whether the fault came to pass."""
        victim: Future[Runner] = Future()
        armed = fault(victim)
        self.proxy.arm(armed)
        runner = Runner(self.job)
        victim.set_result(runner)
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


def crash_everywhere(
    place: Place, points: Iterable[tuple[Message, bool]], tally: Tally
) -> None:
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
    for number in range(rounds):
        place.reset()
        for attempt in range(chance.randint(2, MOST_CRASHES)):
            message = chance.choice(messages)
            at, after = nth(message.side, message.number), chance.random() < 0.5
            ending, hit = place.run_with(kill(at, after=after))
            tally.injected += hit
            tally.note(f"seed {seed}.{number}.{attempt} at {message}", place.check_crash(ending))
        tally.note(f"seed {seed}.{number}", place.check_convergence())


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

"""An interruption at any line of what makes the database beside the target's leaves none behind."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import NoReturn

import psycopg
import pytest

from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.restoring import scratch as module
from bot.adapters.postgres.restoring.scratch import is_of_another, scratch
from bot.errors import BackupError, PostgresError
from tests.adapters.postgres.restoring.places import Live, on_the_newest

pytestmark = on_the_newest

CODE = str(module.__file__)


@dataclass
class Interruption:
    """Ctrl-C at the line number `at` of those that this thread goes through in the module."""

    at: int
    lines: int = 0
    pressed: bool = False

    def called(self, frame: FrameType, event: str, argument: object) -> object:
        return self.line if frame.f_code.co_filename == CODE else None

    def line(self, frame: FrameType, event: str, argument: object) -> object:
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                self.pressed = True
                raise KeyboardInterrupt
        return self.line

    @contextmanager
    def awaited(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self.called)  # type: ignore[arg-type]
        try:
            yield
        finally:
            sys.settrace(before)


def made(
    found: Live,
    ends: Exception | None = None,
    ctrl_c: AbstractContextManager[None] | None = None,
) -> None:
    """Make one, and end with an error or well."""
    another = partial(connect, found.url("postgres"), application_name="test")
    with (
        closing(another()) as connection,
        ctrl_c or nullcontext(),
        scratch(connection, found.name, None, encoding="UTF8", major=18, another=another) as name,
    ):
        if ends is not None:
            raise ends
        connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{found.name}_done"'.encode())


def interrupted_at(line: int, found: Live, ends: Exception | None) -> bool:
    """Whether there was such a line. None of our databases may be there afterwards."""
    ctrl_c = Interruption(line)
    try:
        made(found, ends, ctrl_c.awaited())
    except (KeyboardInterrupt, BackupError):
        assert ctrl_c.pressed or ends is not None
    else:
        assert not ctrl_c.pressed
    left = [name for name in found.databases if "_migration_bot_restore_" in name]
    assert left == [], f"interrupted at line {line} of {ctrl_c.lines}"
    found.ask(f'DROP DATABASE IF EXISTS "{found.name}_done"', database="postgres")
    return ctrl_c.pressed


FAILED = BackupError("It does not fit.", hint="Make room.")


@pytest.mark.parametrize(("ends", "least"), [(None, 8), (FAILED, 14)])
def test_wherever_it_is_interrupted_it_leaves_nothing(
    small: Live, ends: Exception | None, least: int
) -> None:
    line = 1
    while interrupted_at(line, small, ends):
        line += 1
    assert line > least


def test_one_that_is_interrupted_while_the_server_makes_it_leaves_nothing(small: Live) -> None:
    """The signal comes as soon as the server is at it; whether it stops in time is up to it."""
    before = signal.signal(signal.SIGUSR1, interrupt)
    hasty = threading.Thread(target=interrupt_the_making, args=(small,))
    try:
        hasty.start()
        with pytest.raises(KeyboardInterrupt):
            make_for_ever(small)
    finally:
        hasty.join()
        signal.signal(signal.SIGUSR1, before)

    assert [name for name in small.databases if "_migration_bot_restore_" in name] == []


def make_for_ever(found: Live) -> NoReturn:
    while True:
        made(found)
        found.ask(f'DROP DATABASE "{found.name}_done"', database="postgres")


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def interrupt_the_making(found: Live) -> None:
    at_work = f"""SELECT 1 FROM pg_stat_activity WHERE state = 'active'
        AND query LIKE 'CREATE DATABASE "{found.name}_migration_bot_restore_%'"""
    with psycopg.connect(found.server.url("postgres"), autocommit=True) as connection:
        while connection.execute(at_work.encode()).fetchone() is None:
            pass
    os.kill(os.getpid(), signal.SIGUSR1)


def test_a_database_of_somebody_else_that_has_its_name_is_not_dropped(small: Live) -> None:
    with closing(connect(small.url("postgres"), application_name="test")) as connection:
        text = f'CREATE DATABASE "{small.name}"'.encode()
        with pytest.raises(PostgresError) as error, explained("make it"):
            connection.execute(text)

    assert is_of_another(error.value)

"""What takes longer than two seconds, told on a terminal, in a log, and to nobody."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import StringIO

from bot.adapters.console import Console, open_console
from bot.adapters.console.waits import Pace
from tests.asking import wait_until

# As the real one, and so quick that nobody has to wait for it.
QUICK = Pace(patience=0.02, watched=0.02, line=0.02)
ONCE = Pace(patience=0.02, watched=60, line=60)


def console(
    err: StringIO,
    pace: Pace,
    *,
    verbosity: int = 0,
    lines: Callable[[str], str] | None = None,
) -> Console:
    return open_console(
        {},
        colour=False,
        verbosity=verbosity,
        clean=str,
        out=StringIO(),
        err=err,
        pace=pace,
        lines=lines,
    )


class Terminal:
    """What a terminal was sent, and a console that writes on it."""

    def __init__(self, environ: Mapping[str, str], pace: Pace) -> None:
        self._ours, theirs = os.openpty()
        self._err = os.fdopen(theirs, "w")
        self.console = open_console(
            environ, colour=False, verbosity=0, clean=str, out=StringIO(), err=self._err, pace=pace
        )
        os.set_blocking(self._ours, False)
        self.sent = ""

    def has_sent(self, text: str) -> bool:
        try:
            self.sent += os.read(self._ours, 10_000).decode()
        except BlockingIOError:
            return text in self.sent
        return text in self.sent

    def close(self) -> None:
        self._err.close()
        os.close(self._ours)


@contextmanager
def terminal(pace: Pace = QUICK, **environ: str) -> Iterator[Terminal]:
    opened = Terminal(environ, pace)
    try:
        yield opened
    finally:
        opened.close()


def test_what_is_over_soon_is_not_told() -> None:
    err = StringIO()
    with console(err, Pace()).waiting("a wait"):
        pass
    assert err.getvalue() == ""


def test_two_seconds_are_waited_first_and_a_log_gets_a_line_at_times() -> None:
    assert (Pace().patience, Pace().line) == (2.0, 20.0)
    err = StringIO()
    with console(err, QUICK).waiting("a wait"):
        wait_until(lambda: err.getvalue().count("\n") >= 2)
    told = err.getvalue().splitlines()
    assert set(told) == {"a wait, 0 s"}

    time.sleep(QUICK.line * 2)
    assert err.getvalue().splitlines() == told, "nothing is told when it is over"


def test_a_count_is_told_from_whatever_thread_it_comes() -> None:
    err = StringIO()
    with console(err, QUICK).waiting("asking 3 targets", of=3) as answered:
        for _ in range(2):
            thread = threading.Thread(target=answered)
            thread.start()
            thread.join()
        wait_until(lambda: "asking 3 targets: 2 of 3, 0 s\n" in err.getvalue())


def test_of_two_the_inner_one_is_told() -> None:
    err = StringIO()
    shown = console(err, QUICK)
    with shown.waiting("outer"), shown.waiting("inner"):
        wait_until(lambda: err.getvalue().count("inner") >= 2)
        # Once the inner one is over, the outer one may be told.
        said = err.getvalue()
    assert "outer" not in said


def test_what_other_threads_wait_for_is_a_part_of_it_and_not_told() -> None:
    err, over = StringIO(), threading.Event()
    shown = console(err, QUICK)

    def other() -> None:
        with shown.waiting("theirs"):
            over.wait()

    with shown.waiting("ours"):
        thread = threading.Thread(target=other)
        thread.start()
        wait_until(lambda: err.getvalue().count("ours") >= 3)
        over.set()
        thread.join()
    assert "theirs" not in err.getvalue()


def test_nothing_is_told_when_quiet() -> None:
    err = StringIO()
    with console(err, QUICK, verbosity=-1).waiting("a wait", of=2) as done:
        done()
        time.sleep(QUICK.patience * 3)
    assert err.getvalue() == ""


def test_machines_get_lines_of_json() -> None:
    err = StringIO()
    with console(err, ONCE, lines=lambda text: json.dumps({"said": text})).waiting("a wait"):
        wait_until(lambda: bool(err.getvalue()))
    assert json.loads(err.getvalue()) == {"said": "a wait, 0 s"}


def test_on_a_terminal_it_is_one_line_that_goes_at_the_end() -> None:
    with terminal() as shown:
        with shown.console.waiting("a wait"):
            wait_until(lambda: shown.has_sent("a wait, 0 s\r\x1b[Ka wait, 0 s"))
            shown.console.say("a step")
            wait_until(lambda: shown.has_sent("\r\x1b[Ka step\r\na wait, 0 s"))
            assert "a wait, 0 s\r\n" not in shown.sent
        wait_until(lambda: shown.has_sent("\r\x1b[K") and shown.sent.endswith("\r\x1b[K"))


def test_a_result_does_not_end_up_behind_it() -> None:
    with terminal(ONCE) as shown, shown.console.waiting("a wait"):
        wait_until(lambda: shown.has_sent("a wait, 0 s"))
        shown.console.show("the result")
        wait_until(lambda: shown.has_sent("a wait, 0 s\r\x1b[Ka wait, 0 s"))


def test_it_is_taken_away_when_what_was_waited_for_fails() -> None:
    with terminal(ONCE) as shown:
        with suppress(RuntimeError), shown.console.waiting("a wait"):
            wait_until(lambda: shown.has_sent("a wait, 0 s"))
            raise RuntimeError
        wait_until(lambda: shown.has_sent("a wait, 0 s\r\x1b[K"))


def test_what_something_else_shows_is_left_alone() -> None:
    with terminal() as shown, shown.console.waiting("a wait"):
        wait_until(lambda: shown.has_sent("a wait, 0 s"))
        shown.console.follow("backing up, 40 %")
        wait_until(lambda: shown.has_sent("backing up, 40 %"))
        time.sleep(QUICK.watched * 3)
        shown.console.follow("")
        wait_until(lambda: shown.has_sent("backing up, 40 %\r\x1b[K"))


def test_a_dumb_terminal_gets_lines_as_a_log_does() -> None:
    with terminal(ONCE, TERM="dumb") as shown:
        assert not shown.console.watched
        with shown.console.waiting("a wait"):
            wait_until(lambda: shown.has_sent("a wait, 0 s\r\n"))
    assert "\x1b" not in shown.sent

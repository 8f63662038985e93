"""The console on streams that are narrow, plain, full, or no longer read."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from bot.adapters.console import open_console
from bot.errors import UsageError

FULL = Path("/dev/full")
# As an own process, because a broken stream is put out of use for good.
_LOSES_ITS_READER = """
import os, sys
from bot.adapters.console import open_console
console = open_console({}, colour=False, verbosity=0, clean=str)
sys.stdin.readline()
for _ in range(3):
    console.say("log " * 50_000)
    console.show("result " * 50_000)
print("went on", file=open(os.environ["RESULT"], "w"))
"""


def test_results_and_progress_are_told_apart_and_cleaned() -> None:
    out, err = StringIO(), StringIO()

    def clean(text: str) -> str:
        return text.replace("secret", "***")

    console = open_console({}, colour=True, verbosity=0, clean=clean, out=out, err=err)
    console.show("a secret result\n\n")
    console.say("a secret step")

    assert out.getvalue() == "a *** result\n"
    assert err.getvalue() == "a *** step\n"


def test_quiet_keeps_progress_to_itself() -> None:
    out, err = StringIO(), StringIO()
    console = open_console({}, colour=True, verbosity=-1, clean=str, out=out, err=err)

    console.say("a step")
    console.show("result")

    assert (out.getvalue(), err.getvalue()) == ("result\n", "")


@pytest.mark.parametrize(
    ("environ", "width", "colour"),
    [
        ({}, 80, False),
        ({"COLUMNS": "120", "FORCE_COLOR": "1"}, 120, True),
        ({"COLUMNS": "3", "FORCE_COLOR": "1", "NO_COLOR": "1"}, 40, False),
        ({"COLUMNS": "wide"}, 80, False),
    ],
)
def test_the_environment_decides_width_and_colour(
    environ: dict[str, str], width: int, colour: bool
) -> None:
    page = open_console(environ, colour=True, verbosity=0, clean=str, out=StringIO()).page

    assert (page.width, page.colour) == (width, colour)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a full disk to write on")
def test_a_result_that_finds_no_room_is_an_error_and_a_log_line_is_not() -> None:
    with FULL.open("w") as out, FULL.open("w") as err:
        console = open_console({}, colour=False, verbosity=0, clean=str, out=out, err=err)

        console.say("a step")
        with pytest.raises(UsageError, match="could not be written: No space left"):
            console.show("result")
        console.show("more")


def test_work_goes_on_when_its_reader_has_gone(tmp_path: Path) -> None:
    result = tmp_path / "result"
    with subprocess.Popen(
        [sys.executable, "-c", _LOSES_ITS_READER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "RESULT": str(result)},
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()
        process.communicate(b"\n")

    assert process.returncode == 0
    assert result.read_text() == "went on\n"


def test_results_and_progress_are_cleaned_each_in_its_own_way() -> None:
    out, err = StringIO(), StringIO()
    console = open_console(
        {},
        colour=False,
        verbosity=0,
        clean=lambda text: text.replace("hunter2", "***"),
        clean_progress=lambda text: text.replace("::", ": :"),
        out=out,
        err=err,
    )
    console.show("::hunter2")
    console.say("::error::a")
    assert out.getvalue() == "::***\n"
    assert err.getvalue() == ": :error: :a\n"


def test_what_is_followed_stays_below_what_is_said_and_goes_at_the_end() -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as err:
        console = open_console({}, colour=False, verbosity=0, clean=str, out=StringIO(), err=err)
        assert console.watched
        console.follow("statement 1")
        console.say("a step")
        console.follow("statement 2, " + "long " * 100 + "4 s")
        console.follow("")
        said = ""
        # A terminal gives what was written to it bit by bit.
        while said.count("\x1b[K") < 3:
            said += os.read(ours, 10_000).decode()
    os.close(ours)

    first, step, second = said.split("\n")[0], "a step", said.split("\n")[1]
    assert first == f"statement 1\r\x1b[K{step}\r"
    assert second.startswith("statement 1\r\x1b[Kstatement 2, long")
    assert second.endswith("... long long long long 4 s\r\x1b[K"), "how long it has been"
    assert len(second.split("\x1b[K")[1]) < 90


def test_nothing_is_followed_where_nobody_watches() -> None:
    err = StringIO()
    console = open_console({}, colour=False, verbosity=0, clean=str, out=StringIO(), err=err)

    console.follow("statement 1")

    assert (console.watched, err.getvalue()) == (False, "")

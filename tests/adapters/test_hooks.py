"""Commands of a project, run for real: what is heard of them, and how they end."""

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.adapters.hooks import Listener, run_hook
from bot.core.targets.hooks import HookName
from bot.errors import UsageError


@dataclass
class Heard:
    lines: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def run(place: Path, program: str, *, seconds: float = 20, **environ: str) -> Heard:
    """Run a program of Python's."""
    heard = Heard()
    run_hook(
        HookName.GENERATE,
        [sys.executable, "-c", program],
        place=place,
        environ={"PATH": os.defpath, **environ},
        seconds=seconds,
        listener=Listener(heard.lines.append, heard.seconds.append),
    )
    return heard


def test_every_line_is_heard_of_both_streams_in_the_place_it_is_run_in(tmp_path: Path) -> None:
    program = """
import os, sys
print(os.getcwd(), flush=True)
print("of the other", file=sys.stderr, flush=True)
sys.stdout.write("no end")
"""
    assert run(tmp_path, program).lines == [str(tmp_path), "of the other", "no end"]


def test_it_has_no_input_and_no_variable_but_those_given(tmp_path: Path) -> None:
    program = "import os, sys; print(repr(sys.stdin.read()), os.environ.get('HOME'))"
    assert run(tmp_path, program).lines == ["'' None"]


def test_colours_and_controls_do_not_reach_the_terminal(tmp_path: Path) -> None:
    program = r"print('\x1b[31mred\x1b[0m \x1b]0;title\x07 \x08\x9b2J end')"
    assert run(tmp_path, program).lines == ["red  \ufffd\ufffd2J end"]


def test_what_has_no_end_is_shown_in_pieces_and_not_for_ever(tmp_path: Path) -> None:
    heard = run(tmp_path, "print('x' * 4500); print('\\n'.join(map(str, range(6000))))")
    assert [len(each) for each in heard.lines[:3]] == [2000, 2000, 500]
    assert heard.lines[-1] == "…"
    assert len(heard.lines) == 5001


def test_a_failure_says_how_it_ended_and_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as failed:
        run(tmp_path, "print('\\n'.join('abcdefg')); raise SystemExit(3)")
    assert "ended with 3" in failed.value.message
    assert failed.value.message.endswith("\n  c\n  d\n  e\n  f\n  g.")
    assert "by hand" in failed.value.hint


def test_one_that_was_killed_says_by_what(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="was ended by SIGKILL"):
        run(tmp_path, "import os; os.kill(os.getpid(), 9)")


def test_a_program_that_is_not_there_is_told_with_what_to_install(tmp_path: Path) -> None:
    quiet = Listener(lambda text: None, lambda seconds: None)
    with pytest.raises(UsageError) as failed:
        run_hook(
            HookName.GENERATE,
            ["npx-that-nobody-has", "prisma", "generate"],
            place=tmp_path,
            environ={"PATH": os.defpath},
            seconds=5,
            listener=quiet,
        )
    assert "npx-that-nobody-has: No such file or directory" in failed.value.message
    assert "Install npx-that-nobody-has, or correct `hooks.generate`" in failed.value.hint


def test_one_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    program = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
print("waiting", flush=True)
time.sleep(60)
"""
    with pytest.raises(UsageError) as failed:
        run(tmp_path, program, seconds=1.5)
    assert "took longer than 2 seconds" in failed.value.message
    assert "waiting" in failed.value.message
    assert _ended(int((tmp_path / "pid").read_text()))


def test_as_it_goes_on_its_time_is_told(tmp_path: Path) -> None:
    seconds = run(tmp_path, "import time; time.sleep(0.8)").seconds
    assert len(seconds) >= 3
    assert seconds == sorted(seconds)


def _ended(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False

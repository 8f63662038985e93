import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.signals import Interruptions
from tests.shell import ROOT


def test_the_first_signal_interrupts_the_second_waits_and_the_third_ends(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ends: list[bytes] = []
    interruptions = Interruptions(ends.append, limit=60.0)

    with pytest.raises(KeyboardInterrupt):
        interruptions.heard(signal.SIGINT, None)
    interruptions.heard(signal.SIGTERM, None)
    assert ends == []
    assert "the next signal ends it at once" in capfd.readouterr().err

    interruptions.heard(signal.SIGINT, None)
    assert ends == [b"\n"]


def test_once_the_work_is_over_a_signal_does_not_break_off_how_that_is_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ends: list[bytes] = []
    interruptions = Interruptions(ends.append, limit=60.0)
    interruptions.over()

    interruptions.heard(signal.SIGTERM, None)
    assert (ends, capfd.readouterr().err) == ([], "")

    interruptions.heard(signal.SIGTERM, None)
    interruptions.heard(signal.SIGTERM, None)
    assert ends == [b"\n"]


ANSWERED = """
import os, signal, sys
from bot.signals import listen
interruptions = listen()
try:
    exec("os.kill(os.getpid(), signal.SIGINT); [None for each in range(100)]")
except KeyboardInterrupt:
    print("answered")
if sys.argv[1:] == ["over"]:
    interruptions.over()
sys.exit(130)
"""


@pytest.mark.parametrize(("words", "code"), [(["over"], 130), ([], -signal.SIGINT)])
def test_a_signal_that_was_answered_does_not_end_python_once_more(
    tmp_path: Path, words: list[str], code: int
) -> None:
    """Without `over` it would, where it runs a module and the signal came in a text it ran."""
    (tmp_path / "answered.py").write_text(ANSWERED, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "answered", *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "answered\n"), done.stderr


def test_cleaning_up_that_does_not_end_is_given_up_with_words_that_hold_always() -> None:
    ended = threading.Event()
    said: list[bytes] = []

    def end(words: bytes) -> None:
        said.append(words)
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        Interruptions(end, limit=0.0).heard(signal.SIGINT, None)

    assert ended.wait(30.0)
    assert b"What was committed stays, and nothing else was done" in said[0]

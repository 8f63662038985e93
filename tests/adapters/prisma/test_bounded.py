import os
import time
from pathlib import Path

import pytest

from bot.adapters.prisma import bounded
from bot.adapters.prisma.bounded import Ended, private_directory, run_bounded

ENVIRON = {"PATH": os.environ.get("PATH", os.defpath)}


def run(script: str, place: Path, *, seconds: float = 30, most: int = 1000) -> Ended:
    command = ["/bin/sh", "-c", script]
    return run_bounded(command, place=place, environ=ENVIRON, seconds=seconds, most=most)


def is_gone(pid: int) -> bool:
    """Whether it ends; a killed process may stay as a zombie of whoever adopted it."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_program_says_how_it_ended(tmp_path: Path) -> None:
    done = run("echo out; echo err >&2; exit 3", tmp_path)
    assert done == Ended(3, "out\n", "err\n")


def test_it_sees_its_directory_and_the_environment_it_is_given(tmp_path: Path) -> None:
    done = run("pwd; env | grep -c SECRET", tmp_path)
    assert done.out == f"{tmp_path.resolve()}\n0\n"


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    done = run("sleep 600 & echo $!; sleep 600", tmp_path, seconds=1)
    assert done.stopped == "it took too long"
    assert is_gone(int(done.out))


def test_what_is_left_behind_by_a_program_that_ended_is_ended_as_well(tmp_path: Path) -> None:
    done = run("sleep 600 & echo $!", tmp_path)
    assert (done.code, done.stopped) == (0, "")
    assert is_gone(int(done.out))


def test_what_says_too_much_is_ended(tmp_path: Path) -> None:
    done = run("while :; do echo yes; done", tmp_path, most=100_000)
    assert done.stopped == "it said too much"
    assert len(done.out) < 100_000 + 2 * 65536


def test_bytes_that_are_no_text_are_marked(tmp_path: Path) -> None:
    assert run(r"printf '\377'", tmp_path).out == "\ufffd"


def test_a_file_does_not_grow_without_end(tmp_path: Path) -> None:
    done = run(f"head -c {bounded.MOST_FILE_BYTES * 2} /dev/zero > large", tmp_path)
    assert done.code != 0
    assert (tmp_path / "large").stat().st_size <= bounded.MOST_FILE_BYTES


def test_the_directory_is_private_and_gone_afterwards() -> None:
    with private_directory() as place:
        assert place.stat().st_mode & 0o077 == 0
        (place / "file").write_text("x")
    assert not place.exists()


def test_what_a_killed_process_left_is_swept_and_what_is_in_use_is_not() -> None:
    old = time.time() - 2 * bounded.YOUNG_SECONDS
    with private_directory() as used:
        os.utime(used, (old, old))
        left = used.with_name(f"{bounded.PREFIX}left-by-a-test")
        left.mkdir()
        (left / "file").write_text("x")
        os.utime(left, (old, old))
        with private_directory():
            assert used.exists()
            assert not left.exists()


def test_a_program_that_is_not_there_fails(tmp_path: Path) -> None:
    command = [str(tmp_path / "nothing")]
    done = run_bounded(command, place=tmp_path, environ=ENVIRON, seconds=30, most=10_000)
    assert done.code != 0


@pytest.mark.parametrize("young", [True, False])
def test_a_young_directory_is_left_alone(young: bool) -> None:
    with private_directory() as used:
        left = used.with_name(f"{bounded.PREFIX}young-of-a-test")
        left.mkdir()
        old = time.time() - 2 * bounded.YOUNG_SECONDS
        if not young:
            os.utime(left, (old, old))
        with private_directory():
            assert left.exists() == young
        if young:
            left.rmdir()

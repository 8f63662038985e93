"""The parser in C, on stacks of every size: it must never take the process with it."""

import resource
import subprocess
import sys

import pytest

from bot.sql.native import raw_statements

KB = 1024


def understood(limit: int, thread: int, *sizes: int) -> int:
    """How many deep texts of these sizes are read on such a stack, or in such a thread."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sql.deep", str(thread), *map(str, sizes)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2_000:])
    number, _, word = done.stdout.partition(" ")
    assert word == "understood\n"
    return int(number)


@pytest.mark.parametrize("stack", [256 * KB, pytest.param(8 * KB * KB, marks=pytest.mark.slow)])
def test_a_small_stack_is_enough(stack: int) -> None:
    assert understood(stack, 0, 700, 8_100) > 50


@pytest.mark.parametrize("stack", [64 * KB, pytest.param(512 * KB, marks=pytest.mark.slow)])
def test_a_small_thread_is_enough(stack: int) -> None:
    assert understood(8 * KB * KB, stack, 700, 8_100) > 50


@pytest.mark.slow
@pytest.mark.parametrize("stack", [128 * KB, KB * KB, 4 * KB * KB, 5 * KB * KB, 8 * KB * KB])
def test_no_size_near_the_limits_ends_the_process(stack: int) -> None:
    around = (KB * KB // 128, 4 * KB * KB // 128)
    sizes = [size + more for size in around for more in (-200, 200)]
    assert understood(stack, 0, *sizes) > 80


def test_the_tree_is_the_same_on_either_stack() -> None:
    small, large = "SELECT 1", f"SELECT 1 /* {'x' * 60_000} */"
    read = [raw_statements(text.encode(), most=10**6)[0]["stmt"] for text in (small, large)]
    assert read[0] == read[1]

"""One thread looks after whatever takes long, as long as it takes, and is gone soon after."""

import threading
import time

import pytest

from bot.world.heart import NAME, Heart
from tests.asking import wait_until


def threads() -> int:
    return sum(each.name == NAME for each in threading.enumerate())


def test_a_look_is_called_again_and_again_until_its_block_ends() -> None:
    looked = threading.Semaphore(0)

    with Heart(0.001).beating(looked.release):
        assert all(looked.acquire(timeout=30) for _ in range(3))
    while looked.acquire(blocking=False):
        pass

    assert not looked.acquire(timeout=0.05)


def test_many_have_one_thread_which_ends_when_nobody_is_left() -> None:
    heart, looked = Heart(0.001), threading.Semaphore(0)
    before = threads()

    with heart.beating(looked.release), heart.beating(looked.release):
        assert all(looked.acquire(timeout=30) for _ in range(4))
        assert threads() == before + 1

    wait_until(lambda: threads() == before)
    with heart.beating(looked.release):
        assert looked.acquire(timeout=30)


def test_a_look_that_goes_on_is_waited_for_but_not_for_long() -> None:
    begun, held = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        held.wait(30)

    with Heart(0.001).beating(slow):
        assert begun.wait(30)
    held.set()


def test_nothing_goes_on_looking_after_a_block_that_fails() -> None:
    looks: list[float] = []

    def broken_off() -> None:
        with Heart(0.001).beating(lambda: looks.append(time.monotonic())):
            wait_until(lambda: looks)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    count = len(looks)
    time.sleep(0.02)
    assert len(looks) == count


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_look_that_fails_is_told_of_once_and_the_others_go_on() -> None:
    heart, looked, failed = Heart(0.001), threading.Semaphore(0), threading.Semaphore(0)

    def wrong() -> None:
        failed.release()
        raise ValueError("broken")

    with heart.beating(wrong), heart.beating(looked.release):
        assert failed.acquire(timeout=30)
        assert all(looked.acquire(timeout=30) for _ in range(3))
        assert not failed.acquire(blocking=False)

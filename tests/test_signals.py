import signal
import threading

import pytest

from bot.signals import Interruptions


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

"""Several that are asked at once, and waited for only so long."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Answer = TypeVar("Answer")


def asked_at_once(
    questions: Sequence[Callable[[], Answer]],
    *,
    seconds: float,
    each: Callable[[], None] | None = None,
) -> list[Answer | None]:
    """What each answers, None for those that take longer than `seconds`; they are not waited for,
    and hold up the end of the process no more than anybody else. What one raises is raised. `each`
    is called when one has answered."""
    answers: dict[int, Answer] = {}
    raised: dict[int, BaseException] = {}

    def ask(place: int) -> None:
        try:
            answers[place] = questions[place]()
        except BaseException as error:
            raised[place] = error
        if each is not None:
            each()

    threads = [
        threading.Thread(target=ask, args=(place,), name=f"asking-{place}", daemon=True)
        for place in range(len(questions))
    ]
    for thread in threads:
        thread.start()
    _wait(threads, seconds)
    if raised:
        raise raised[min(raised)]
    return [answers.get(place) for place in range(len(questions))]


def _wait(threads: Sequence[threading.Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for each in threads:
        each.join(max(0.0, deadline - time.monotonic()))

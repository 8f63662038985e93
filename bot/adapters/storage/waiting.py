"""Calls that a signal can end: made in threads of their own, and waited for in the one that has
signals. What is under way when that is interrupted is left to itself, and ends with the process."""

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def at_once(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do it for all of them at the same time. Raises the first error there is."""
    done: SimpleQueue[tuple[int, Result | None, BaseException | None]] = SimpleQueue()

    def run(place: int, item: Item) -> None:
        try:
            done.put((place, work(item), None))
        except BaseException as error:
            done.put((place, None, error))

    for place, item in enumerate(items):
        threading.Thread(target=run, args=(place, item), daemon=True).start()
    results: dict[int, Result] = {}
    for _ in items:
        place, result, error = done.get()
        if error is not None:
            raise error
        # Without an error there is a result, even if it is None.
        results[place] = result  # type: ignore[assignment]
    return [results[place] for place in range(len(items))]


def alone(work: Callable[[], Result]) -> Result:
    return at_once(lambda _: work(), [None])[0]

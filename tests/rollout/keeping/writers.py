"""Clients that write while a migration runs, until they are told to stop."""

import random
import threading
from types import TracebackType

import psycopg

# What another transaction took from them; a client tries the next thing.
_PASSING = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class Writers:
    """As a context: so many threads, each of which runs one of the statements after the other, with
    a random number for `{n}`. `done` counts what was committed."""

    def __init__(self, url: str, *statements: str, most: int, threads: int = 4) -> None:
        self._url, self._statements, self._most = url, statements, most
        self._stop = threading.Event()
        self._errors: list[BaseException] = []
        self._counts = [0] * threads
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True)
            for number in range(threads)
        ]

    @property
    def done(self) -> int:
        return sum(self._counts)

    def __enter__(self) -> "Writers":
        for each in self._threads:
            each.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for each in self._threads:
            each.join(60)
            assert not each.is_alive()
        if self._errors and kind is None:
            raise self._errors[0]

    def _run(self, number: int) -> None:
        chance = random.Random(number)
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                while not self._stop.is_set():
                    for statement in self._statements:
                        text = statement.format(n=chance.randint(1, self._most))
                        try:
                            connection.execute(text.encode())
                        except _PASSING:
                            continue
                        self._counts[number] += 1
        except BaseException as error:
            self._errors.append(error)

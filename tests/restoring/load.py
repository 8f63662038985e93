"""An application that writes all the time, and knows of every row whether it was acknowledged."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg


@dataclass
class Load:
    """`acknowledged` are the ids of rows whose COMMIT was answered, with the moment of that."""

    url: str
    acknowledged: dict[int, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1000))

    def write(self) -> None:
        """Until it is stopped; whenever it is sent away it comes back."""
        while not self._stop.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    while not self._stop.is_set():
                        self._insert(connection)
            except psycopg.Error:
                time.sleep(0.01)

    def _insert(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        id = next(self._ids)
        connection.execute("INSERT INTO a (id) VALUES (%s)", (id,))
        self.acknowledged[id] = time.time()
        time.sleep(0.002)

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def under_load(url: str, writers: int = 2) -> Iterator[Load]:
    """While the block runs, so many of them write into the table `a`."""
    load = Load(url)
    threads = [threading.Thread(target=load.write) for _ in range(writers)]
    for each in threads:
        each.start()
    try:
        yield load
    finally:
        load.stop()
        for each in threads:
            each.join()

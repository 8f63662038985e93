"""An application: eight threads in a process of their own that read and write a few tables all the
time, and note how long the longest of their queries took."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType

import psycopg

THREADS = 8
_PAUSE = 0.002

_READS = (
    "SELECT count(*) FROM child WHERE amount = 1{n}",
    "SELECT count(*) FROM parent WHERE id = 1",
    "SELECT count(*) FROM guarded WHERE id = 1",
    "SELECT count(*) FROM log WHERE at = 1",
)
_WRITES = (
    "UPDATE child SET parent_id = 1 WHERE amount = 1{n}",
    "UPDATE parent SET name = 'c' WHERE id = 1{n}",
    "UPDATE guarded SET name = 'c' WHERE id = 1{n}",
    "INSERT INTO log (at, message) VALUES (9, 'w')",
)


@dataclass(frozen=True)
class Stall:
    """Seconds that the longest read and the longest write took, and how many queries there were."""

    read: float
    write: float
    queries: int

    @property
    def longest(self) -> float:
        return max(self.read, self.write)


class Clients:
    """As a context: they are there, and at rest but inside of `at_work`."""

    def __init__(self, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(url, theirs), daemon=True)
        self.last = Stall(0.0, 0.0, 0)

    def __enter__(self) -> "Clients":
        self._process.start()
        assert self._orders.recv() == "ready"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._orders.send("end")
        self._process.join(60)
        self._process.close()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """What they saw meanwhile is in `last` afterwards; each has finished its query then."""
        self._orders.send("work")
        try:
            yield
        finally:
            self._orders.send("rest")
            self.last = Stall(*self._orders.recv())


def _serve(url: str, orders: Connection) -> None:
    threads = [_Client(url, number) for number in range(THREADS)]
    orders.send("ready")
    while (order := orders.recv()) != "end":
        if order == "work":
            for each in threads:
                each.begin()
        else:
            seen = [each.rest() for each in threads]
            reads, writes, counts = zip(*seen, strict=True)
            orders.send((max(reads), max(writes), sum(counts)))
    for each in threads:
        each.end()


class _Client:
    """Half of them read and half write; an error is an answer too."""

    def __init__(self, url: str, number: int) -> None:
        self._connection = psycopg.connect(url, autocommit=True, application_name="shop")
        self._connection.prepare_threshold = None
        self._reads = number % 2 == 0
        texts = _READS if self._reads else _WRITES
        self._texts = [each.format(n=number).encode() for each in texts]
        self._works = threading.Event()
        self._rests = threading.Event()
        self._ended = False
        self._worst, self._count = 0.0, 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def begin(self) -> None:
        self._worst, self._count = 0.0, 0
        self._rests.clear()
        self._works.set()

    def rest(self) -> tuple[float, float, int]:
        self._works.clear()
        self._rests.wait()
        worst = self._worst
        return (worst, 0.0, self._count) if self._reads else (0.0, worst, self._count)

    def end(self) -> None:
        self._ended = True
        self._works.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while not self._ended:
            if not self._works.is_set():
                self._rests.set()
                self._works.wait()
                continue
            for text in self._texts:
                began = time.perf_counter()
                try:
                    self._connection.execute(text)
                except psycopg.Error:
                    if self._connection.closed:
                        raise
                self._worst = max(self._worst, time.perf_counter() - began)
                self._count += 1
                time.sleep(_PAUSE)

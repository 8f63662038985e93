"""Looking on while a statement runs that commits as it goes: which locks it has, and for how long.

One loop inside the server does the looking, because the way there and back is longer than many a
lock is held. It commits after every look, so that nothing that waits for old snapshots waits for
it, and it looks less and less often, so that a long build is not held up.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import pairwise
from threading import Event, Thread

import psycopg
from psycopg.errors import Diagnostic

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.trace.looking import mode_of
from bot.core.migrations.effects import LockMode

READY_SECONDS = 5.0
SETTLE_SECONDS = 0.05
END_SECONDS = 10.0
# Reports of one statement that are kept; each is a change of what it has locked.
MOST = 100_000

_LOOP = """
DO $looking$
DECLARE
    held text;
    last text := '-';
    looks bigint := 0;
    pause double precision;
BEGIN
    LOOP
        SELECT pg_catalog.string_agg(relation::text || ':' || mode, ' ') INTO held
        FROM pg_catalog.pg_locks
        WHERE pid = {pid} AND granted AND locktype = 'relation' AND database = {database};
        held := COALESCE(held, '');
        IF held <> last THEN
            RAISE INFO '% %', EXTRACT(epoch FROM pg_catalog.clock_timestamp()), held;
            last := held;
        END IF;
        looks := looks + 1;
        COMMIT;
        IF looks > {tight} THEN
            pause := CASE WHEN looks < {tight} + 500 THEN 0.001 ELSE 0.005 END;
            PERFORM pg_catalog.pg_sleep(pause);
            COMMIT;
        END IF;
    END LOOP;
END
$looking$
"""
# At about 20 microseconds each. A lock that is missed after that was held for a small part of the
# time.
TIGHT = 4000


class Sampler:
    """What one session had locked, each time that it changed."""

    def __init__(self, admin: Connection, pid: int) -> None:
        self._admin = admin
        self._pid = pid
        self._ready = Event()
        self._seen: list[tuple[float, dict[int, LockMode]]] = []

    @contextmanager
    def looking(self) -> Iterator[None]:
        """For the length of a block; the connection can be used for nothing else meanwhile."""
        row = self._admin.execute(
            "SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()"
        ).fetchone()
        assert row is not None
        self._admin.execute("SET statement_timeout = 0")
        loop = _LOOP.format(pid=int(self._pid), database=int(row[0]), tight=TIGHT)
        self._admin.add_notice_handler(self._hear)
        thread = Thread(target=self._run, args=(loop,), name="sampler", daemon=True)
        thread.start()
        try:
            self._ready.wait(READY_SECONDS)
            yield
            self._settle()
        finally:
            self._end(thread)
            self._admin.remove_notice_handler(self._hear)
        self._admin.execute("RESET statement_timeout")

    def strongest(self, retired: Collection[int] = ()) -> dict[int, tuple[LockMode, float]]:
        """Of each relation the strongest lock, and how long it was held, in milliseconds.

        `retired` are indexes that are gone: by the time that they are locked against everybody,
        they are marked dead, and nobody uses them any more.
        """
        found: dict[int, tuple[LockMode, float]] = {}
        for (began, held), (ended, _) in pairwise([*self._seen, (0.0, {})]):
            length = max(0.0, (ended - began) * 1000.0)
            for oid, mode in held.items():
                if oid in retired and mode is LockMode.ACCESS_EXCLUSIVE:
                    continue
                known, sum_ms = found.get(oid, (mode, 0.0))
                if mode == known:
                    found[oid] = (mode, sum_ms + length)
                elif mode > known:
                    found[oid] = (mode, length)
        return found

    def _settle(self) -> None:
        """The last locks are let go of when the statement is over: let the loop see it."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._seen and self._seen[-1][1] and time.monotonic() < deadline:
            time.sleep(0.001)

    def _run(self, loop: str) -> None:
        # It ends by being cancelled; if the server went down, whoever waits for it hears of that.
        with suppress(psycopg.Error):
            self._admin.execute(loop.encode(), prepare=False)
        self._ready.set()

    def _end(self, thread: Thread) -> None:
        """Cancelled until it has ended: what arrives too early is not kept."""
        for _ in range(int(END_SECONDS)):
            with suppress(psycopg.Error):
                self._admin.cancel_safe(timeout=2.0)
            thread.join(1.0)
            if not thread.is_alive():
                return

    def _hear(self, said: Diagnostic) -> None:
        at, _, held = (said.message_primary or "").partition(" ")
        if len(self._seen) < MOST:
            with suppress(ValueError):
                self._seen.append((float(at), _parsed(held)))
        self._ready.set()


def _parsed(held: str) -> dict[int, LockMode]:
    found: dict[int, LockMode] = {}
    for each in held.split():
        oid, _, label = each.partition(":")
        mode = mode_of(label)
        if mode is not None:
            found[int(oid)] = max(mode, found.get(int(oid), mode))
    return found


def modes(found: Mapping[int, tuple[LockMode, float]]) -> dict[int, LockMode]:
    return {oid: mode for oid, (mode, _) in found.items()}

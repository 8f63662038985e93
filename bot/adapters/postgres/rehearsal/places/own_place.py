"""A throw-away server of our own to rehearse on: shut in, and started from a template if one fits.

There is one database and no other: nothing to connect to, to copy, or to be copied.
"""

import os
import pwd
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.rehearsal.places.own_server import (
    DATABASE,
    OwnServer,
    administer,
)
from bot.adapters.postgres.rehearsal.places.place import APPLICATION, ROLE, Place
from bot.adapters.postgres.rehearsal.places.shims import extension_files, shims_for
from bot.adapters.postgres.rehearsal.places.templates import Templates, cache_directory
from bot.adapters.postgres.server import Server
from bot.adapters.postgres.tools import best_for_server
from bot.core.rehearsals.rehearsal import Isolation, RehearsalServer
from bot.core.rehearsals.rehearsal_order import Limits, Order
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import PostgresError


@contextmanager
def open_own_place(
    order: Order,
    *,
    environ: Mapping[str, str] = os.environ,
    note: Callable[[str], None] = lambda _: None,
    templates: Templates | None = None,
) -> Iterator[Place]:
    """A place on a new server, for the length of a block. Raises PostgresError without one.

    `templates` are those of the environment's cache if none are given. What the history wants of
    extensions, and the server lacks, is there in SQL as far as that goes.
    """
    kept = Templates(cache_directory(environ)) if templates is None else templates
    kept.sweep()
    installation = best_for_server(order.postgres, environ)
    extensions = extension_files(installation, order.extensions)
    shims = frozenset(shims_for(installation, order.extensions))
    start = OwnServer(installation, order, kept, extensions, note)
    with start.running() as (server, cached):
        yield OwnPlace(server, order, cached, keep=start.keep, shims=shims)


class OwnPlace:
    """One database on a server that nobody else knows of."""

    role = ROLE

    def __init__(
        self,
        server: Server,
        order: Order,
        cached: int,
        *,
        keep: Callable[[Server], None],
        shims: frozenset[str],
    ) -> None:
        self._running = server
        self._order = order
        self._cached = cached
        self._keep = keep
        self._shims = shims

    @property
    def cached(self) -> int:
        return self._cached

    @property
    def server(self) -> RehearsalServer:
        server = self._running
        return RehearsalServer(
            version=server.version,
            major=server.major,
            provider=server.provider,
            wanted=self._order.postgres,
            shims=self._used_shims(),
            isolation=_isolation(server, self._order.limits),
        )

    def _used_shims(self) -> tuple[str, ...]:
        # A server that is down already has told what it had to tell.
        with suppress(PostgresError):
            if self._shims:
                with self.admin() as connection, explained("list the extensions"):
                    rows = connection.execute("SELECT extname FROM pg_catalog.pg_extension")
                    return tuple(sorted(name for (name,) in rows if name in self._shims))
        return ()

    @property
    def author_url(self) -> ConnectionUrl:
        return parse_url(self._running.url(DATABASE, user=ROLE))

    def author(self) -> Connection:
        return connect(self.author_url, application_name=APPLICATION)

    def admin(self) -> Connection:
        return administer(self._running, DATABASE)

    def keep(self) -> None:
        self._keep(self._running)

    def disk_used(self) -> int:
        """What the files take, and not how long they are: a hole takes nothing."""
        total = 0
        for here, _, names in os.walk(self._running.directory):
            for name in names:
                with suppress(OSError):
                    total += (Path(here) / name).lstat().st_blocks * 512
        return total

    def kill(self) -> None:
        """Immediate shutdown: it takes its busy backends with it, where SIGKILL would not."""
        with suppress(ProcessLookupError):
            os.kill(self._running.pid, signal.SIGQUIT)


def _isolation(server: Server, limits: Limits) -> Isolation:
    user = server.data_directory.stat().st_uid
    return Isolation(
        system_user=_user_name(user),
        own_user=user != os.geteuid(),
        network="network" not in server.held,
        memory=limits.memory if "memory" in server.held else None,
        disk=limits.disk,
        seconds=limits.total,
    )


def _user_name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)

"""How a server comes to be for one order: from a template if one fits, else from nothing."""

import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.recipe import SETTINGS, Confinement, Provision
from bot.adapters.postgres.rehearsal.places.author import role_statements
from bot.adapters.postgres.rehearsal.places.place import APPLICATION, ROLE, pinned, pins
from bot.adapters.postgres.rehearsal.places.templates import Templates, keys
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import Installation
from bot.core.rehearsals.rehearsal_order import PUBLIC, Limits, Order
from bot.core.targets.url import parse_url
from bot.errors import PostgresError

DATABASE = "rehearsal"
# Whoever changes how a template comes to be, or what is in it, counts up.
TEMPLATE_FORMAT = 1
INITDB = ("--wal-segsize=1",)
QUIET_SECONDS = 2.0

_OTHERS = """
SELECT count(*) FROM pg_catalog.pg_stat_activity
 WHERE backend_type IN ('client backend', 'parallel worker') AND pid <> pg_backend_pid()
"""


_OWN_DATABASE = (
    f"ALTER DATABASE postgres RENAME TO {DATABASE}",
    f"ALTER DATABASE {DATABASE} OWNER TO {ROLE}",
    f"COMMENT ON DATABASE {DATABASE} IS NULL",
    # Of initdb's three one is used; two would be copied with every template.
    "UPDATE pg_catalog.pg_database SET datistemplate = false",
    "DROP DATABASE template0",
)
_PREPARING = "prepare the throw-away server"


class OwnServer:
    """How a server comes to be for one order."""

    def __init__(
        self,
        installation: Installation,
        order: Order,
        templates: Templates,
        extensions: Mapping[str, str],
        note: Callable[[str], None],
    ) -> None:
        self._installation = installation
        self._order = order
        self._templates = templates
        self._note = note
        self._extensions = extensions
        self._settings = _settings(installation.major, order.limits, extensions)
        self._keys = keys(self._ingredients(), order.base)

    @contextmanager
    def running(self) -> Iterator[tuple[Server, int]]:
        """The server, and how many migrations of the base are in it."""
        with ExitStack() as stack:
            found = self._from_template(stack)
            if found is None:
                found = stack.enter_context(self._server(None)), 0
                self._prepare(found[0])
                self._keep(found[0], self._keys[0])
            yield found

    def keep(self, server: Server) -> None:
        self._keep(server, self._keys[-1])

    def _from_template(self, stack: ExitStack) -> tuple[Server, int] | None:
        while (found := self._templates.longest(self._keys)) is not None:
            cached, entry = found
            try:
                with ExitStack() as attempt:
                    server = attempt.enter_context(self._server(entry))
                    administer(server, DATABASE).close()
                    stack.enter_context(attempt.pop_all())
                    return server, cached
            except PostgresError:
                self._note("a kept template could not be used, and is made anew")
                self._templates.forget(entry)
        return None

    @contextmanager
    def _server(self, template: Path | None) -> Iterator[Server]:
        limits = self._order.limits
        provision = Provision(
            template=template,
            initdb=INITDB,
            extensions=self._extensions,
            confinement=Confinement(memory=limits.memory, file_size=limits.disk),
        )
        with start_server(
            self._installation, settings=self._settings, provision=provision
        ) as server:
            yield server

    def _prepare(self, server: Server) -> None:
        statements = role_statements(self._order, server.major)
        with (
            administer(server, "template1") as connection,
            explained(_PREPARING),
        ):
            for statement in statements:
                connection.execute(statement)
            for text in _OWN_DATABASE:
                connection.execute(text.encode())
        with administer(server, DATABASE) as connection, explained(_PREPARING):
            connection.execute("DROP DATABASE template1")

    def _keep(self, server: Server, key: str) -> None:
        if not self._templates.wants(key):
            return
        with administer(server, DATABASE) as connection, explained("write everything to disk"):
            if not _quiet(connection):
                return
            connection.execute("CHECKPOINT")
            segment = _last_segment(connection)
        # Those after it are the server's stock of files to write to.
        self._templates.keep(
            key,
            server.data_directory,
            without=lambda name: name.startswith("pg_wal/0") and name > segment,
        )

    def _ingredients(self) -> dict[str, object]:
        """Everything that is in a template besides the base itself."""
        installation, order = self._installation, self._order
        return {
            "format": TEMPLATE_FORMAT,
            "server": [installation.version, installation.provider],
            "machine": [sys.platform, platform.machine()],
            "settings": {**SETTINGS, **self._settings},
            "initdb": INITDB,
            "roles": [each.as_string() for each in role_statements(order, installation.major)],
            "extensions": dict(self._extensions),
            **({"schema": order.schema} if order.schema != PUBLIC else {}),
        }


def _settings(major: int, limits: Limits, extensions: Mapping[str, str]) -> dict[str, str]:
    found = {
        "autovacuum": "off",
        "full_page_writes": "on",
        "wal_level": "replica",
        "track_counts": "on",
        "log_temp_files": "0",
        "temp_file_limit": f"{max(limits.disk // 1024, 1)}kB",
        # Few processes, and none of them for others than us.
        "max_connections": "20",
        "superuser_reserved_connections": "8",
        "max_worker_processes": "2",
        "max_parallel_workers": "2",
        "max_logical_replication_workers": "0",
        "max_wal_senders": "0",
        "max_replication_slots": "0",
        "max_prepared_transactions": "0",
        "max_locks_per_transaction": "256",
        # A checkpoint in the middle of a statement would write more than the statement does.
        "checkpoint_timeout": "1d",
        "max_wal_size": "512MB",
        "min_wal_size": "2MB",
        "wal_recycle": "off",
        "wal_init_zero": "off",
        # What a migration says is not copied into a log that fills the disk.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_checkpoints": "off",
    }
    if major >= 17:
        found["max_notify_queue_pages"] = "4096"
    if major >= 18:
        found["io_method"] = "sync"
    if extensions:
        found["extension_control_path"] = "{private}/extensions:$system"
    return found


def administer(server: Server, database: str) -> Connection:
    url = pinned(parse_url(server.url(database)), pins(server.major))
    return connect(url, application_name=APPLICATION)


def _quiet(connection: Connection) -> bool:
    """Whether nobody else is there any more: a session takes a moment to go."""
    deadline = time.monotonic() + QUIET_SECONDS
    while True:
        row = connection.execute(_OTHERS).fetchone()
        if row == (0,):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)


def _last_segment(connection: Connection) -> str:
    """The file of the write-ahead log that is written to."""
    row = connection.execute(
        "SELECT 'pg_wal/' || pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn())"
    ).fetchone()
    assert row is not None
    return str(row[0])

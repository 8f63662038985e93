"""A target's server while a backup is put back there. See world.restoring."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.catalogue import MIGRATIONS_TABLE
from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.elsewhere import PATIENT, open_elsewhere
from bot.adapters.postgres.migrations_table import comment as write_comment
from bot.adapters.postgres.restoring.emptying import obstacles
from bot.adapters.postgres.restoring.filling import compare, fill
from bot.adapters.postgres.restoring.loading import load
from bot.adapters.postgres.restoring.names import kept_name
from bot.adapters.postgres.restoring.properties import properties_of
from bot.adapters.postgres.restoring.scene import read_scene
from bot.adapters.postgres.restoring.scratch import scratch, sweep
from bot.adapters.postgres.restoring.swapping import Swap, fit, swap
from bot.adapters.postgres.target.opening import TargetDatabase
from bot.adapters.postgres.target.reaching import reach
from bot.core.backups.backup import Manifest, TableContent
from bot.core.rehearsals.sizes import size_text
from bot.core.restores.loss import TableLoss, counts_that_differ
from bot.core.restores.outcome import Put, Step
from bot.core.restores.plan import How
from bot.core.restores.scene import Scene
from bot.core.rollouts.holder import session_name
from bot.core.targets.identity import Identity, marked, read_mark
from bot.core.targets.server import Pooling, ServerFacts
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

# Restores of one database, also of one that is gone, by its name.
_KEY = "SELECT pg_catalog.pg_try_advisory_lock(7205759, pg_catalog.hashtext(%s))"
_NOW = "SELECT clock_timestamp()"
_OID = "SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = current_database()"
_COMMENT = """
SELECT obj_description(c.oid, 'pg_class') FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relname = %s
"""


@dataclass
class Site:
    """`elsewhere` is a connection to another database of the server, `beside` its name; `database`
    the target's, as long as there is one to be in, and `problem` why there is none."""

    target: Target
    url: ConnectionUrl
    elsewhere: Connection
    connection: Connection | None = None
    database: TargetDatabase | None = None
    problem: str = ""
    system: str = field(default="", init=False)
    beside: str = field(init=False)

    def __post_init__(self) -> None:
        self.beside = self.elsewhere.info.dbname

    @property
    def name(self) -> str:
        return self.url.database

    def facts(self) -> ServerFacts | None:
        return self.database.facts() if self.database else None

    def scene(self, *, counted: bool = True) -> Scene:
        found = read_scene(
            self.elsewhere,
            self.name,
            self.connection,
            schema=self.url.schema,
            counted=counted,
            problem=self.problem,
            cannot_load=obstacles(self.connection) if self.connection else (),
        )
        self.system = found.system_identifier
        return found

    @contextmanager
    def exclusively(self, note: Callable[[str], None]) -> Iterator[None]:
        with explained("keep other restores out"):
            row = self.elsewhere.execute(_KEY, (self.name,)).fetchone()
        if row != (True,):
            raise PostgresError(
                f"Another restore of {self.target.name} is under way.",
                hint="Wait until it has ended, then look at the target before you go on.",
            )
        if self.database is None:
            yield
            return
        with self.database.exclusively(note):
            yield

    def sweep(self) -> tuple[str, ...]:
        return sweep(self.elsewhere, self.name, self.url)

    def put(
        self,
        manifest: Manifest,
        place: Path,
        how: How,
        *,
        owners: bool,
        note: Callable[[str], None],
        heard: Callable[[Step], None],
    ) -> Put:
        if how is How.LOAD:
            assert self.connection is not None
            tables, lost = load(
                self.connection,
                self.url,
                manifest,
                place,
                owners=owners,
                note=note,
                heard=heard,
                last=self._mark,
            )
            return Put(self._now(), len(tables), _rows(tables), lost=lost)
        return self._swapped(manifest, place, owners=owners, note=note, heard=heard)

    def _swapped(
        self,
        manifest: Manifest,
        place: Path,
        *,
        owners: bool,
        note: Callable[[str], None],
        heard: Callable[[Step], None],
    ) -> Put:
        with explained("look at the database"):
            like = properties_of(self.elsewhere, self.name)
        major = self.elsewhere.info.server_version // 10000
        with scratch(
            self.elsewhere,
            self.name,
            like,
            encoding=manifest.encoding,
            major=major,
            another=self._another,
        ) as name:
            heard(Step.CREATED)
            url = self.url.with_database(name)
            fill(manifest, place, url, owners=owners, look=self._progress(name, note))
            heard(Step.FILLED)
            tables = self._checked(manifest, place, url, owners=owners, major=major)
            heard(Step.CHECKED)
            fit(self.elsewhere, name, like)
            heard(Step.FITTED)
            kept = kept_name(self.name, self._now()) if like else ""
            with closing(self._another()) as ending:
                ours = (self.connection.info.backend_pid,) if self.connection else ()
                order = Swap(self.name, name, kept, like, manifest.id, ours, self._leave)
                swap(self.elsewhere, ending, order, heard)
        heard(Step.DONE)
        return Put(self._now(), len(tables), _rows(tables), kept, self._lost(kept, tables))

    def _checked(
        self, manifest: Manifest, place: Path, url: ConnectionUrl, *, owners: bool, major: int
    ) -> tuple[TableContent, ...]:
        """What was restored, if it is what was saved; with the mark of this target, and with
        statistics for the planner, which a dump has none of."""
        with closing(connect(url, application_name=self._session, settings=PATIENT)) as inside:
            tables = compare(inside, manifest, place, owners=owners, major=major)
            self._mark(inside)
            with explained("gather statistics"):
                inside.execute("ANALYZE")
        return tables

    def _mark(self, inside: Connection) -> None:
        """A mark came along with the backup, and is of another database."""
        with explained("mark the database"):
            row = inside.execute(_COMMENT, (self.url.schema, MIGRATIONS_TABLE)).fetchone()
            oid = inside.execute(_OID).fetchone()
        if row is None or oid is None or read_mark(row[0]) is None:
            return
        identity = Identity(self.system, self.name, oid[0], self.url.host)
        write_comment(inside, marked(self.target.name, identity), schema=self.url.schema)

    def _lost(self, kept: str, tables: tuple[TableContent, ...]) -> tuple[TableLoss, ...] | None:
        """Nobody is left who could write to what was swapped out."""
        if not kept:
            return None
        try:
            with (
                closing(connect(self.url.with_database(kept), application_name="")) as inside,
                explained("count what was swapped out"),
                inside.transaction(),
            ):
                return counts_that_differ(table_contents(inside), tables)
        except PostgresError:
            return None

    def _progress(self, name: str, note: Callable[[str], None]) -> Callable[[], None]:
        def look() -> None:
            with explained("see how far it is"):
                row = self.elsewhere.execute(
                    "SELECT pg_database_size(oid) FROM pg_database WHERE datname = %s", (name,)
                ).fetchone()
            note(f"restoring: {size_text(row[0] if row else 0)} so far")

        return look

    def _leave(self) -> None:
        """Out of the target's database, and with that out of its lock."""
        if self.connection is not None:
            self.connection.close()

    def _another(self) -> Connection:
        return connect(
            self.url.with_database(self.beside), application_name=self._session, settings=PATIENT
        )

    def _now(self) -> datetime:
        with explained("ask the server for the time"):
            row = self.elsewhere.execute(_NOW).fetchone()
        assert row is not None
        now: datetime = row[0]
        return now

    @property
    def _session(self) -> str:
        return session_name(self.target.name, "restore")


@contextmanager
def open_site(target: Target, url: ConnectionUrl, *, who: str = "") -> Iterator[Site]:
    """Connect to the target's server, and to its database if that is there."""
    with ExitStack() as stack:
        name = session_name(target.name, who)
        elsewhere = stack.enter_context(closing(open_elsewhere(url, name)))
        site = Site(target, url, elsewhere)
        try:
            reached = reach(url, application_name=name)
        except PostgresError as error:
            # It is gone, or cannot be opened: what is lost is told, and what can be done is done.
            site.problem = error.message
        else:
            site.connection = stack.enter_context(closing(reached.connection))
            reached.connection.prepare_threshold = None
            site.database = TargetDatabase(
                reached.connection, target, url.schema, reached.url, begun=reached.begun
            )
            _require_direct(site.database, target)
        yield site


def _require_direct(database: TargetDatabase, target: Target) -> None:
    if database.facts().pooling is not Pooling.NONE:
        raise PostgresError(
            f"{target.name} is reached through a pooler, and a pooler cannot be restored.",
            hint=f"Let direct_url_env of {target.name} name a connection string that leads past "
            "it.",
        )


def _rows(tables: tuple[TableContent, ...]) -> int:
    return sum(each.rows for each in tables)

"""A development database while it is reset. See world.resetting."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from psycopg import sql
from psycopg.sql import Identifier

from bot.adapters.postgres.connection import Connection, explained
from bot.adapters.postgres.resetting.dependents import require_no_dependents
from bot.adapters.postgres.resetting.looking import read_scene
from bot.adapters.postgres.resetting.rights import give_back, write_down
from bot.adapters.postgres.restoring.emptying import empty_schema
from bot.adapters.postgres.target.opening import TargetDatabase
from bot.adapters.postgres.target.reaching import reach
from bot.core.resets.scene import Clearing, Scene
from bot.core.rollouts.holder import session_name
from bot.core.targets.server import Pooling
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import PostgresError

# Nobody else is there: whoever comes in now and holds a table is not waited for for long.
_PATIENCE = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0"
_SCHEMAS = """
SELECT nspname::text FROM pg_catalog.pg_namespace
 WHERE nspname = ANY (%s) AND nspname !~ '^pg_'
   AND nspname NOT IN ('information_schema', 'migration_bot')
 ORDER BY 1
"""


@dataclass
class ResetSite:
    target: Target
    url: ConnectionUrl
    connection: Connection
    database: TargetDatabase

    @property
    def address(self) -> tuple[str, int, str]:
        return self.url.host, self.url.port, self.url.database

    def scene(self) -> Scene:
        facts = self.database.facts()
        if facts.pooling is not Pooling.NONE:
            raise PostgresError(
                f"{self.target.name} is reached through a pooler, and others may be behind it. "
                "Nothing was changed.",
                hint=f"Let direct_url_env of {self.target.name} name a connection string that "
                "leads past it.",
            )
        return read_scene(self.connection, facts)

    @contextmanager
    def exclusively(self, note: Callable[[str], None]) -> Iterator[None]:
        with self.database.exclusively(note):
            yield

    def clear(self, clearing: Clearing) -> int:
        with (
            explained("take out what is there; nothing was changed"),
            self.connection.transaction(),
        ):
            self.connection.execute(_PATIENCE)
            require_no_dependents(self.connection, self.target.name, clearing)
            written = write_down(self.connection, clearing)
            for kind, name in clearing.objects:
                self._drop(kind, name)
            for name in clearing.extensions:
                self._drop("EXTENSION", name)
            there = self.connection.execute(_SCHEMAS, (list(clearing.schemas),)).fetchall()
            for (schema,) in there:
                empty_schema(self.connection, schema)
                if schema in clearing.remade:
                    self._drop("SCHEMA", schema)
        return written

    def give_back(self) -> tuple[int, tuple[str, ...]]:
        with explained("give back owners and rights"):
            return give_back(self.connection)

    def _drop(self, kind: str, name: str) -> None:
        """`kind` is one of our own words."""
        statement = sql.SQL("DROP {} IF EXISTS {} CASCADE").format(
            sql.SQL(kind),
            Identifier(name),
        )
        self.connection.execute(statement)


@contextmanager
def open_reset_site(target: Target, url: ConnectionUrl, *, who: str = "") -> Iterator[ResetSite]:
    """Connect to the target's database."""
    reached = reach(url, application_name=session_name(target.name, who))
    with closing(reached.connection) as connection:
        connection.prepare_threshold = None
        database = TargetDatabase(connection, target, url.schema, reached.url, begun=reached.begun)
        yield ResetSite(target, url, connection, database)

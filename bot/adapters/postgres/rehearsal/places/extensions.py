"""Which extensions a rehearsal creates, for whom, and what is said of those that it does not.

An owner of a database may create those that PostgreSQL calls trusted. Of the rest only a few are
created for it, all of which compute on values or look at tables. None reaches a file, another
server, a process or memory.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from psycopg import sql

from bot.adapters.postgres.connection import Connection, explained
from bot.errors import PostgresError

# Their scripts create functions, types and views and run no query, so that nothing which the
# author has left lying in the schema is called by the superuser that runs them.
HARMLESS = frozenset(
    {
        "bloom",  # an index
        "earthdistance",  # arithmetic on cube
        "intagg",  # aggregates
        "moddatetime",  # a trigger that writes the time
        "pg_stat_statements",  # reads statistics; others' queries stay hidden from the author
        "pgstattuple",  # reads tables' statistics; not granted to the author
        "vector",  # a type, its operators and its indexes
    }
)
# Their scripts run queries, so they are created only where the author has no functions yet.
FIRST = frozenset({"postgis", "postgis_topology"})
LET_IN = HARMLESS | FIRST

_NEVER = MappingProxyType(
    {
        **dict.fromkeys(("dblink", "postgres_fdw", "pg_net", "http"), "reaches other servers"),
        **dict.fromkeys(("file_fdw", "adminpack", "xml2"), "reaches the server's files"),
        **dict.fromkeys(
            ("plpython3u", "plpythonu", "plperlu", "pltclu", "plsh"),
            "runs code that knows no limits",
        ),
        **dict.fromkeys(
            ("pg_cron", "pg_prewarm", "timescaledb"), "runs in processes of its own, unwatched"
        ),
        **dict.fromkeys(("pg_surgery", "pageinspect", "pg_walinspect"), "reaches below the tables"),
    }
)
_WAYS = (
    "Rehearse on a server that has it: `--postgres URL`, or the PostgreSQL whose programs "
    "MIGRATION_BOT_PG_BIN names."
)
_FRESH = "migration_bot_new_extension"


class Standing(StrEnum):
    READY = "ready"
    """The author may create it."""
    SHIM = "shim"
    """The author may create what stands in for it."""
    LET_IN = "let in"
    """The superuser creates it for the author."""
    REFUSED = "refused"
    MISSING = "missing"


@dataclass(frozen=True)
class ExtensionStanding:
    """`sentence` and `hint` say what it means for the rehearsal; empty where all is well."""

    name: str
    standing: Standing
    sentence: str = ""
    hint: str = ""


def standings(
    admin: Connection, wanted: Collection[str], *, shims: Collection[str] = ()
) -> tuple[ExtensionStanding, ...]:
    """Of each wanted extension, on the server of a superuser's connection."""
    with explained("list the extensions of the server"):
        rows = admin.execute(
            "SELECT name, pg_catalog.bool_or(trusted OR NOT superuser) "
            "FROM pg_catalog.pg_available_extension_versions GROUP BY name"
        ).fetchall()
    may_create = {str(name): bool(may) for name, may in rows}
    return tuple(_standing(name, may_create, shims) for name in sorted(set(wanted) - {"plpgsql"}))


def _standing(name: str, may_create: dict[str, bool], shims: Collection[str]) -> ExtensionStanding:
    if name not in may_create:
        sentence = f"The server has no extension {name}."
        return ExtensionStanding(name, Standing.MISSING, sentence, _WAYS)
    if name in shims:
        sentence = f"{name} is one written in SQL that stands in for the real one."
        return ExtensionStanding(name, Standing.SHIM, sentence, _WAYS)
    if may_create[name]:
        return ExtensionStanding(name, Standing.READY)
    if name in LET_IN:
        return ExtensionStanding(name, Standing.LET_IN)
    why = _NEVER.get(name, "wants a superuser, and is none of those that are let in")
    return ExtensionStanding(
        name,
        Standing.REFUSED,
        f"A rehearsal creates no extension {name}: it {why}.",
        "Create it where the database is set up, and leave it out of the migrations; or create "
        "it beforehand in the server of `--postgres URL`.",
    )


def create_extension(admin: Connection, name: str, *, schema: str = "") -> None:
    """Create one of LET_IN as the superuser, for the author to own, if it is not there already.

    Raises PostgresError for any other, and psycopg.Error with what the server said.
    """
    if name not in LET_IN:
        raise PostgresError(f"The extension {name} is not let in.", hint=_WAYS)
    target = sql.Identifier(schema or "public")
    if _exists(admin, name):
        return
    if _relocatable(admin, name):
        _create_apart(admin, name, target)
    elif name in FIRST and _has_functions(admin):
        raise PostgresError(
            f"{name} can be created only before the history makes functions of its own.",
            hint="Create it in the first migration, or beforehand in the server of "
            "`--postgres URL`.",
        )
    else:
        admin.execute(sql.SQL("CREATE EXTENSION {} SCHEMA {}").format(sql.Identifier(name), target))
    _give_away(admin, name)


def _give_away(admin: Connection, name: str) -> None:
    """To the owner of the database, who then may comment on it and drop it, as in production.

    PostgreSQL has no command for that, and lets only superusers write to its catalogue.
    """
    admin.execute(
        "UPDATE pg_catalog.pg_extension SET extowner = (SELECT datdba FROM pg_catalog.pg_database "
        "WHERE datname = pg_catalog.current_database()) "
        "WHERE extname = %s AND pg_catalog.current_setting('is_superuser') = 'on'",
        (name,),
    )


def _create_apart(admin: Connection, name: str, target: sql.Identifier) -> None:
    """In a schema of its own, which nobody else has put anything into, and only then moved."""
    extension, fresh = sql.Identifier(name), sql.Identifier(_FRESH)
    with admin.transaction():
        admin.execute(sql.SQL("CREATE SCHEMA {}").format(fresh))
        admin.execute(sql.SQL("CREATE EXTENSION {} SCHEMA {} CASCADE").format(extension, fresh))
        admin.execute(sql.SQL("ALTER EXTENSION {} SET SCHEMA {}").format(extension, target))
        for (other,) in admin.execute(
            "SELECT extname FROM pg_catalog.pg_extension WHERE extnamespace = "
            "pg_catalog.to_regnamespace(%s)",
            (_FRESH,),
        ).fetchall():
            admin.execute(
                sql.SQL("ALTER EXTENSION {} SET SCHEMA {}").format(sql.Identifier(other), target)
            )
        admin.execute(sql.SQL("DROP SCHEMA {}").format(fresh))


def _exists(admin: Connection, name: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_extension WHERE extname = %s"
    return admin.execute(query, (name,)).fetchone() is not None


def _relocatable(admin: Connection, name: str) -> bool:
    row = admin.execute(
        "SELECT pg_catalog.bool_and(relocatable) "
        "FROM pg_catalog.pg_available_extension_versions WHERE name = %s",
        (name,),
    ).fetchone()
    return bool(row and row[0])


def _has_functions(admin: Connection) -> bool:
    """Whether anybody but a superuser owns a function or an operator."""
    row = admin.execute(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE NOT r.rolsuper AND ("
        "EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proowner = r.oid) OR "
        "EXISTS (SELECT FROM pg_catalog.pg_operator WHERE oprowner = r.oid)))"
    ).fetchone()
    return bool(row and row[0])

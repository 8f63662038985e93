"""What is read of the catalogue between statements, by the session that has changed it.

It is read inside a savepoint that is rolled back, with settings of its own, in one message; no lock
but those on the catalogue itself is taken, and none is left. Only tables of the catalogue that were
written to are looked at, and only rows that were written since the last reading are sent, so that a
large schema takes hardly longer than a small one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from psycopg.abc import Buffer
from psycopg.adapt import Loader

from bot.adapters.postgres.connection import Connection
from bot.adapters.postgres.rehearsal.trace.snapshots import WITH_COLUMNS, Snapshot

_BEFORE = """
SAVEPOINT migration_bot_reading;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL statement_timeout = '20s';
SET LOCAL lock_timeout = '2s';
SET LOCAL client_min_messages = warning;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL jit = off;
"""
_AFTER = """
ROLLBACK TO SAVEPOINT migration_bot_reading;
RELEASE SAVEPOINT migration_bot_reading;
"""
# What initdb made is not looked at, nor are TOAST and temporary tables.
_FIRST = 16_384
_TOAST = 99
_SCHEMAS = "FROM pg_catalog.pg_namespace c WHERE true"
_RELATIONS = f"""FROM pg_catalog.pg_class c
WHERE c.oid >= {_FIRST} AND relnamespace <> {_TOAST} AND relpersistence <> 't'"""
_FUNCTIONS = f"FROM pg_catalog.pg_proc c WHERE c.oid >= {_FIRST}"
_TYPES = f"FROM pg_catalog.pg_type c WHERE c.oid >= {_FIRST} AND typtype IN ('e', 'd')"
_LABELS = f"FROM pg_catalog.pg_enum c WHERE c.oid >= {_FIRST}"
_CONSTRAINTS = f"""FROM pg_catalog.pg_constraint c
WHERE c.oid >= {_FIRST} AND contype IN ('c', 'f', 'n') AND conrelid <> 0"""
_COLUMNS = f"FROM pg_catalog.pg_attribute c WHERE attnum > 0 AND attrelid >= {_FIRST}"
_SENT = {
    "schemas": f"c.oid, nspname {_SCHEMAS}",
    "relations": "c.oid, relnamespace, relname, relkind::text, "
    f"pg_catalog.pg_relation_filenode(c.oid) {_RELATIONS}",
    "functions": f"c.oid, pronamespace, proname {_FUNCTIONS}",
    "types": f"c.oid, typnamespace, typname {_TYPES}",
    "labels": f"c.oid, enumtypid, enumlabel {_LABELS}",
    "constraints": f"c.oid, conname, conrelid, contype::text, convalidated {_CONSTRAINTS}",
    "columns": f"attrelid, attnum::integer, attname, attisdropped {_COLUMNS}",
}
_TABLES = {
    "schemas": "pg_namespace",
    "relations": "pg_class",
    "functions": "pg_proc",
    "types": "pg_type",
    "labels": "pg_enum",
    "constraints": "pg_constraint",
    "columns": "pg_attribute",
}
# Those that are looked for when something is gone.
_NAMED = {
    "relations": _RELATIONS,
    "functions": _FUNCTIONS,
    "types": _TYPES,
    "labels": _LABELS,
}
# Both numbers are the same only if nothing is gone.
_COUNTS = "SELECT * FROM " + ", ".join(  # noqa: S608 - only what is above
    f"(SELECT pg_catalog.count(*), COALESCE(pg_catalog.sum(c.oid::bigint), 0)::bigint {each}) "
    + name
    for name, each in _NAMED.items()
)
_STORED = f"""AND NOT attisdropped AND attrelid IN (
    SELECT oid FROM pg_catalog.pg_class
    WHERE relkind IN ({", ".join(f"'{kind}'" for kind in WITH_COLUMNS)}))"""  # noqa: S608 - our own letters


_COUNTED = ", ".join(
    f"pg_catalog.pg_stat_get_xact_{name}(o)"
    for name in ("numscans", "tuples_inserted", "tuples_updated", "tuples_deleted")
)
_COUNTED_TABLES = (
    f"SELECT name, pg_catalog.current_setting('track_counts'), {_COUNTED} FROM (VALUES "  # noqa: S608 - our own words
    + ", ".join(f"('{name}', 'pg_catalog.{each}'::regclass)" for name, each in _TABLES.items())
    + ") AS tables (name, o)"
)


class Counters(NamedTuple):
    """How often a transaction has read one relation in full so far, and rows that it wrote."""

    scans: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


@dataclass(frozen=True)
class Reading:
    """A snapshot, what was done to relations, and the number of the last command that it saw.

    `written` is what the transaction had done to tables of the catalogue by then, if it is known.
    """

    snapshot: Snapshot = field(default_factory=Snapshot)
    counters: Mapping[int, Counters] = field(default_factory=dict)
    command: int = -1
    written: Mapping[str, Counters] = field(default_factory=dict)


class _Utf8(Loader):
    """Text as it was sent: a migration may have set an encoding that counts again by now."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "replace")


class Catalogue:
    """How one connection reads: inside its own open transaction, or without one."""

    def __init__(self, connection: Connection, *, inside: bool) -> None:
        self._connection = connection
        self._inside = inside

    def everything(self, *, touched: Collection[int] = ()) -> Reading:
        counters, _ = self._counters(touched)
        rows = self._rows(dict.fromkeys(_SENT, "") | {"columns": _STORED})
        return Reading(_merged(Snapshot(), rows), counters)

    def changes(
        self,
        last: Reading,
        *,
        since: str,
        command: int = -1,
        locked: Collection[int] | None = None,
        touched: Collection[int] = (),
    ) -> Reading:
        """What is there now, from what was there and the rows of transactions from `since` on.

        `command` is the last one of the open transaction that was seen; `locked` are the only
        relations whose columns may have changed. Without, others may have written meanwhile.
        """
        counters, written = self._counters(touched)
        before = last.written if locked is not None else {}
        wanted = [name for name in _SENT if name not in before or written.get(name) != before[name]]
        narrowed = dict.fromkeys(wanted, _recent(since, command))
        if locked is not None and "columns" in wanted:
            narrowed["columns"] += f" AND attrelid = ANY ({_array(locked)})"
        rows = self._rows(narrowed)
        snapshot = _merged(last.snapshot, rows)
        gone = [name for name in _NAMED if _may_lack(before.get(name), written.get(name))]
        if bool(gone) if before else snapshot.counts() != self._counts():
            snapshot = snapshot.without_all_but(self._there(gone))
        commands = (row[-1] for each in rows.values() for row in each)
        seen = max(commands, default=max(command, last.command))
        return Reading(snapshot, counters, seen, written)

    def file_sizes(self, relations: Collection[int]) -> dict[int, int]:
        """Bytes of each, for the session that has it locked."""
        found = "pg_catalog.pg_relation_size(o::pg_catalog.regclass)"
        (rows,) = self._fetch([f"SELECT o, {found} {_from_array(relations)}"])
        return {oid: size or 0 for oid, size in rows}

    def _rows(self, narrowed: Mapping[str, str]) -> dict[str, list[tuple[Any, ...]]]:
        found = self._fetch(_queries(narrowed)) if narrowed else []
        return {name: [] for name in _SENT} | dict(zip(narrowed, found, strict=True))

    def _counts(self) -> tuple[int, ...]:
        ((counts,),) = self._fetch([_COUNTS])
        return counts

    def _there(self, names: Sequence[str]) -> dict[str, set[int]]:
        summed = [
            f"SELECT pg_catalog.string_agg(c.oid::text, ' ') {_NAMED[name]}" for name in names
        ]
        found = (rows[0][0] or "" for rows in self._fetch(summed))
        return {name: set(map(int, text.split())) for name, text in zip(names, found, strict=True)}

    def _counters(
        self, touched: Collection[int]
    ) -> tuple[dict[int, Counters], dict[str, Counters]]:
        """Of relations, and of tables of the catalogue; of these none if nobody counts."""
        if not self._inside:
            return {}, {}
        of_relations = f"SELECT o, {_COUNTED} {_from_array(touched)}"
        relations, tables = self._fetch([of_relations, _COUNTED_TABLES])
        # How often they were read says nothing of them: that is what we do ourselves.
        counted = {name: Counters(0, *rest) for name, by, _, *rest in tables if by == "on"}
        return {oid: Counters(*rest) for oid, *rest in relations}, counted

    def _fetch(self, queries: Sequence[str]) -> list[list[tuple[Any, ...]]]:
        """The rows of each, all sent as one message, so that nothing is ever prepared."""
        text = ";\n".join(queries)
        whole = f"{_BEFORE}{text};{_AFTER}" if self._inside else text
        found = []
        with self._connection.cursor() as cursor:
            for name in ("text", "name"):
                cursor.adapters.register_loader(name, _Utf8)
            cursor.execute(whole.encode())
            while True:
                if cursor.description is not None:
                    found.append(cursor.fetchall())
                if not cursor.nextset():
                    return found


class Standing:
    """One for a whole rehearsal. `since` is the oldest transaction that it may not have seen."""

    def __init__(self, admin: Connection) -> None:
        """Raises psycopg.Error."""
        self._admin = admin
        self._catalogue = Catalogue(admin, inside=False)
        self.since = _oldest_transaction(admin)
        self.reading = self._catalogue.everything()

    def refresh(self) -> Reading:
        """What is there now, as a transaction that begins now finds it."""
        since = _oldest_transaction(self._admin)
        found = self._catalogue.changes(self.reading, since=self.since)
        self.reading = replace(found, command=-1, counters={})
        self.since = since
        return self.reading


def _oldest_transaction(admin: Connection) -> str:
    """Every one that is older has ended, and what it wrote can be seen."""
    row = admin.execute(
        "SELECT (pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())"
        " & 4294967295)::text"
    ).fetchone()
    assert row is not None
    return str(row[0])


def _may_lack(before: Counters | None, now: Counters | None) -> bool:
    """Whether rows may have gone from a table of the catalogue."""
    return before is None or now is None or before.deleted != now.deleted


def _queries(narrowed: Mapping[str, str]) -> list[str]:
    commands = ", c.cmin::text::bigint "
    return [
        f"SELECT {_SENT[name].replace(' FROM ', f'{commands}FROM ', 1)} {condition}"  # noqa: S608 - our own words
        for name, condition in narrowed.items()
    ]


def _recent(since: str, command: int) -> str:
    """Rows of other transactions are older; those of this one tell which command wrote them."""
    age = f"AND pg_catalog.age(c.xmin) <= pg_catalog.age('{int(since)}'::pg_catalog.xid)"
    return f"{age} AND c.cmin::text::bigint > {int(command)}" if command >= 0 else age


def _merged(snapshot: Snapshot, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> Snapshot:
    return snapshot.with_rows({name: [row[:-1] for row in each] for name, each in rows.items()})


def _from_array(relations: Collection[int]) -> str:
    return f"FROM pg_catalog.unnest({_array(relations)}) o"


def _array(relations: Collection[int]) -> str:
    return "'{" + ",".join(str(int(each)) for each in relations) + "}'::pg_catalog.oid[]"

"""What a real server does to run a statement, measured while it runs.

Locks are read from pg_locks before the transaction ends, rewrites and rebuilt indexes from the
relations' files, scans from the server's own debug messages, and what is gone from its catalogue.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg

from bot.core.migrations.effects import LockMode

_USERS = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
_LOCKS = """
SELECT relation, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_RELATIONS = f"""
SELECT c.oid, nspname || '.' || relname, relkind::text, pg_relation_filenode(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind <> 'c' AND relkind <> 't' AND {_USERS}
"""
_COLUMNS = f"""
SELECT attrelid, attnum::integer, nspname || '.' || relname || '.' || attname
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm', 'f') AND {_USERS}
"""
_OTHERS = f"""
SELECT DISTINCT nspname || '.' || proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace
WHERE {_USERS}
UNION ALL
SELECT nspname || '.' || typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace
WHERE typtype IN ('e', 'd', 'c') AND {_USERS} AND NOT EXISTS (
    SELECT 1 FROM pg_class WHERE pg_class.oid = typrelid AND relkind <> 'c'
)
UNION ALL
SELECT nspname || '.' || typname || '.' || enumlabel FROM pg_enum
JOIN pg_type t ON t.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace WHERE {_USERS}
"""
_FOREIGN = """
SELECT conname, nspname || '.' || relname FROM pg_constraint
JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE contype = 'f'
"""
_TABLE = re.compile(r'(?:verifying table|on table) "(?P<table>[^"]+)"')
_CONSTRAINT = re.compile(r'validating foreign key constraint "(?P<constraint>[^"]+)"')
_BUILDING = ("verifying table", "building index")


@dataclass(frozen=True)
class Relation:
    name: str
    kind: str
    file: int | None


@dataclass(frozen=True)
class Snapshot:
    """What the server knows: relations by oid, columns by relation and number, the rest by name."""

    relations: Mapping[int, Relation]
    columns: Mapping[tuple[int, int], str]
    others: frozenset[str]
    foreign: Mapping[str, frozenset[str]]

    def named(self, kinds: str) -> dict[str, Relation]:
        return {each.name: each for each in self.relations.values() if each.kind in kinds}


@dataclass(frozen=True)
class Observation:
    """What one statement did to what was there before it.

    `either` are sets of tables of which one at least was read in full: the server names a foreign
    key, and partitions have one of the same name.
    """

    locks: Mapping[str, str]
    rewrites: frozenset[str]
    scans: frozenset[str]
    either: tuple[frozenset[str], ...]
    rebuilds: frozenset[str]
    loses: frozenset[str]
    misses: frozenset[str]
    indexes: frozenset[str]


class Observer:
    """A connection that can say what each of its statements did."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET timezone = 'UTC'")
        self._notices: list[str] = []
        self.connection.add_notice_handler(self._heard)
        self.major = self.connection.info.server_version // 10_000

    def _heard(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        self._notices.append(diagnostic.message_primary or "")

    def run(self, sql: str) -> None:
        self.connection.execute(sql.encode())

    def observe(self, sql: str, *, before: Snapshot, keep: bool = False) -> Observation:
        """Run it in a transaction of its own, which is taken back unless it is to be kept."""
        with self.connection.transaction(force_rollback=not keep):
            self.run("SET LOCAL client_min_messages = debug1")
            self._notices.clear()
            self.run(sql)
            self.run("SET LOCAL client_min_messages = warning")
            heard = list(self._notices)
            held = self.connection.execute(_LOCKS).fetchall()
            after = self.snapshot()
        return _compared(before, after, held, heard)

    def snapshot(self) -> Snapshot:
        fetch = self.connection.execute
        return Snapshot(
            {oid: Relation(*rest) for oid, *rest in fetch(_RELATIONS.encode()).fetchall()},
            {(oid, n): name for oid, n, name in fetch(_COLUMNS.encode()).fetchall()},
            frozenset(name for (name,) in fetch(_OTHERS.encode()).fetchall()),
            _by_name(fetch(_FOREIGN).fetchall()),
        )


def _by_name(rows: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The tables of each foreign key; partitions have one of the same name as their parent's."""
    names = {name for name, _ in rows}
    return {name: frozenset(table for key, table in rows if key == name) for name in names}


def _compared(
    before: Snapshot, after: Snapshot, held: list[tuple[int, str]], heard: list[str]
) -> Observation:
    rewrites = frozenset(_with_new_files(before, after, "rm"))
    scans = frozenset(_scanned(before, heard))
    return Observation(
        locks=_locks(before, held),
        rewrites=rewrites,
        scans=scans - rewrites,
        either=tuple(each - rewrites for each in _validated(before, after, heard)),
        rebuilds=frozenset(_with_new_files(before, after, "i")),
        loses=frozenset(_lost(before, after)),
        misses=frozenset(_missed(before, after)),
        indexes=frozenset(before.named("iI")),
    )


def _locks(before: Snapshot, held: list[tuple[int, str]]) -> dict[str, str]:
    found: dict[str, LockMode] = {}
    labels = {mode.label: mode for mode in LockMode}
    for relation, mode in held:
        if relation in before.relations:
            name = before.relations[relation].name
            found[name] = max(labels[mode], found.get(name, labels[mode]))
    return {name: mode.label for name, mode in found.items()}


def _with_new_files(before: Snapshot, after: Snapshot, kinds: str) -> Iterator[str]:
    """By identity, or by name where the server makes a relation anew to change it."""
    names = after.named(kinds)
    for oid, each in before.relations.items():
        now = after.relations.get(oid) or names.get(each.name)
        if each.kind in kinds and now and now.file != each.file:
            yield each.name


def _scanned(before: Snapshot, heard: list[str]) -> Iterator[str]:
    tables = {each.name.partition(".")[2]: each.name for each in before.named("rm").values()}
    for message in heard:
        match = _TABLE.search(message)
        if match and message.startswith(_BUILDING) and match["table"] in tables:
            yield tables[match["table"]]


def _validated(before: Snapshot, after: Snapshot, heard: list[str]) -> Iterator[frozenset[str]]:
    stored = before.named("rm").keys()
    foreign = {**before.foreign, **after.foreign}
    for match in filter(None, map(_CONSTRAINT.search, heard)):
        tables = foreign[match["constraint"]] & stored
        if tables:
            yield tables


def _lost(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Tables and columns that are gone, whatever they are called now."""
    gone = {oid for oid, each in before.relations.items() if oid not in after.relations}
    for oid in gone:
        if before.relations[oid].kind in "rp":
            yield before.relations[oid].name
    for (oid, number), name in before.columns.items():
        stored = before.relations[oid].kind in "rp"
        if stored and oid not in gone and (oid, number) not in after.columns:
            yield name


def _missed(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Names that are there no longer; of a relation that is gone, its own name alone."""
    kinds = "rpvmf"
    gone = before.named(kinds).keys() - after.named(kinds).keys()
    yield from gone
    columns = set(before.columns.values()) - set(after.columns.values())
    yield from (name for name in columns if name.rpartition(".")[0] not in gone)
    others = before.others - after.others
    yield from (name for name in others if name.rpartition(".")[0] not in others)

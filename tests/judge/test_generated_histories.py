"""Random histories: the replayed catalogue, and each prediction, against a real server's."""

from collections.abc import Iterator
from random import Random

import psycopg
import pytest

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.effects import effects_of
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.values import ConstraintKind, Type
from tests.judge.comparing import differences
from tests.judge.generated import Generator
from tests.judge.observed import Observer

_KINDS = {
    "p": ConstraintKind.PRIMARY_KEY,
    "u": ConstraintKind.UNIQUE,
    "c": ConstraintKind.CHECK,
    "f": ConstraintKind.FOREIGN_KEY,
    "x": ConstraintKind.EXCLUDE,
}
_TABLES = """
SELECT 'public.' || c.relname, c.relkind = 'p', 'public.' || parent.relname
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
LEFT JOIN pg_class parent ON parent.oid = inhparent
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""
_COLUMNS = """
SELECT 'public.' || relname, attname, n.nspname, t.typname, e.typname, ne.nspname, atttypmod,
    attnotnull, atthasdef
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_type t ON t.oid = atttypid
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_namespace ne ON ne.oid = e.typnamespace
WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p')
AND relnamespace = 'public'::regnamespace
"""
_CONSTRAINTS = """
SELECT 'public.' || relname, conname, contype::text, convalidated,
    ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
          JOIN pg_attribute a ON a.attrelid = conrelid AND attnum = number ORDER BY place)
FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
WHERE contype IN ('p', 'u', 'c', 'f', 'x') AND relnamespace = 'public'::regnamespace
"""
_INDEXES = """
SELECT 'public.' || i.relname, 'public.' || t.relname, indisunique, indpred IS NOT NULL
FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
WHERE t.relnamespace = 'public'::regnamespace
"""
_VIEWS = """
SELECT 'public.' || relname, relkind = 'm' FROM pg_class
WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
"""
_ENUMS = """
SELECT 'public.' || typname, array_agg(enumlabel::text ORDER BY enumsortorder)
FROM pg_enum JOIN pg_type t ON t.oid = enumtypid GROUP BY typname
"""
_SEQUENCES = """
SELECT 'public.' || s.relname, 'public.' || t.relname, attname FROM pg_class s
LEFT JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
LEFT JOIN pg_class t ON t.oid = d.refobjid
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND attnum = d.refobjsubid
WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace
"""
_FUNCTIONS = "SELECT 'public.' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"


def on_server(observer: Observer) -> Iterator[tuple[object, ...]]:
    """Everything the catalogue should know, one fact each."""

    def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in observer.connection.execute(sql.encode()).fetchall()]

    yield from (("table", *row) for row in rows(_TABLES))
    for table, name, space, type_, element, element_space, modifier, *rest in rows(_COLUMNS):
        named = _type_name(element_space or space, element or type_)
        modifiers = _modifiers(named, modifier)
        yield ("column", table, name, named, modifiers, element is not None, *rest)
    for table, name, kind, valid, columns in rows(_CONSTRAINTS):
        columns = () if kind == "c" else tuple(columns)  # type: ignore[arg-type]
        yield ("constraint", table, name, _KINDS[str(kind)], valid, columns)
    yield from (("index", *row) for row in rows(_INDEXES))
    yield from (("view", *row) for row in rows(_VIEWS))
    yield from (("enum", name, tuple(labels)) for name, labels in rows(_ENUMS))  # type: ignore[arg-type]
    yield from (("sequence", *row) for row in rows(_SEQUENCES))
    yield from (("function", *row) for row in rows(_FUNCTIONS))


def in_memory(catalogue: Catalogue) -> Iterator[tuple[object, ...]]:
    for table in catalogue.tables.values():
        yield ("table", table.name, table.partitioned, table.partition_of)
        for column in table.columns.values():
            kind: Type = column.type
            default = column.default is not None and column.default.constant != "null"
            has_default = default or kind.serial or bool(column.generated)
            array = kind.dimensions > 0
            yield ("column", table.name, column.name, kind.name, kind.modifiers, array,
                   column.not_null, has_default)  # fmt: skip
        for each in table.constraints.values():
            if each.kind in _KINDS.values():
                columns = () if each.kind is ConstraintKind.CHECK else each.columns
                yield ("constraint", table.name, each.name, each.kind, each.validated, columns)
    for index in catalogue.indexes.values():
        yield ("index", index.name, index.table, index.unique, index.partial)
    yield from (("view", each.name, each.materialized) for each in catalogue.views.values())
    yield from (("enum", each.name, each.values) for each in catalogue.enums.values())
    for sequence in catalogue.sequences.values():
        yield ("sequence", sequence.name, sequence.table or None, sequence.column or None)
    yield from (("function", name) for name in catalogue.functions)


def _type_name(space: object, name: object) -> str:
    return str(name) if space == "pg_catalog" else f"{space}.{name}"


def _modifiers(name: str, modifier: object) -> tuple[int, ...]:
    assert isinstance(modifier, int)
    if modifier < 0:
        return ()
    if name in ("varchar", "bpchar"):
        return (modifier - 4,)
    if name == "numeric":
        return ((modifier - 4) >> 16, (modifier - 4) & 0xFFFF)
    return (modifier,)


def disagreements(observer: Observer, seed: int, length: int) -> Iterator[str]:
    """Run a history, as long as both agree; what the server refuses does not count."""
    catalogue = Catalogue()
    generator = Generator(Random(seed), catalogue)
    done = 0
    for place in range(length * 4):
        sql = generator.statement()
        (statement,) = parse(sql).statements
        actions = actions_of(statement)
        effects = effects_of(actions, catalogue, postgres=observer.major, fresh_from=place)
        try:
            seen = observer.observe(sql, before=observer.snapshot(), keep=True)
        except psycopg.Error:
            continue
        yield from (f"seed {seed}, {sql}: {each}" for each in differences(sql, effects, seen))
        replay(catalogue, actions, born=place)
        known, real = set(in_memory(catalogue)), set(on_server(observer))
        if known != real:
            yield f"seed {seed}, after {sql}: only here {known - real}, only there {real - known}"
            return
        done += 1
        if done == length:
            return
    yield f"seed {seed}: the server refused too much, only {done} statements ran"


def histories(url: str, seeds: range, length: int) -> list[str]:
    observer = Observer(url)
    wrong: list[str] = []
    with observer.connection:
        for seed in seeds:
            observer.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
            wrong += disagreements(observer, seed, length)
    return wrong


def test_the_catalogue_stays_the_servers(database: str) -> None:
    assert "\n".join(histories(database, range(2), 60)) == ""


@pytest.mark.slow
@pytest.mark.soak
def test_the_catalogue_stays_the_servers_for_long(database: str) -> None:
    assert "\n".join(histories(database, range(100, 105), 120)) == ""

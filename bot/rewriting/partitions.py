"""Partitions taken in, let go and indexed without stopping the whole table."""

from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Table
from bot.judge.context import Context
from bot.rewriting.altering import read_alter_table
from bot.rewriting.names import chosen, temporary
from bot.rewriting.not_null import VALIDATE
from bot.rewriting.words import fits, without
from bot.sql.actions import AttachPartition, CreateIndex, CreateTable, DetachPartition, DropObjects
from bot.sql.words import Word, find, words_of


def written(name: str) -> str:
    """A relation's name in SQL."""
    schema, _, bare = name.partition(".")
    return quoted(bare) if schema == "public" else f"{quoted(schema)}.{quoted(bare)}"


def detached_concurrently(statement: Statement, context: Context) -> Rewrite | None:
    found = context.all(DetachPartition)
    alter = read_alter_table(statement)
    if len(found) != 1 or alter is None or len(alter.commands) != 1:
        return None
    parent = context.catalogue.tables.get(found[0].table)
    if parent is None or context.catalogue.default_partition_of(parent.name):
        return None  # With a default partition, PostgreSQL refuses CONCURRENTLY.
    left = _left_behind(found[0].partition, parent, context.catalogue)
    if left is None:
        return None
    return Rewrite(
        (
            Piece(f"{statement.sql} CONCURRENTLY", Place.APART, "detach"),
            Piece(
                f"ALTER TABLE {written(found[0].partition)} DROP CONSTRAINT {quoted(left)}",
                Place.NEXT,
                "drop_check",
            ),
        )
    )


def _left_behind(partition: str, parent: Table, catalogue: Catalogue) -> str | None:
    """The CHECK of the bounds that DETACH … CONCURRENTLY leaves, and DETACH alone does not.

    None where the server may find that another CHECK says as much already.
    """
    key = parent.partition_key
    known = catalogue.tables.get(partition)
    if known is None or any(
        each.expression and set(each.expression.columns) & set(key)
        for each in known.constraints.values()
    ):
        return None
    return chosen(catalogue, partition, key if len(key) == 1 else (), "check") if key else None


def detached_before_drop(statement: Statement, context: Context) -> Rewrite | None:
    dropped = context.all(DropObjects)
    if len(dropped) != 1 or len(dropped[0].names) != 1 or context.settings.postgres < 14:
        return None
    table = context.catalogue.tables.get(dropped[0].names[0])
    if table is None or table.partition_of is None or table.partitioned:
        return None
    if context.catalogue.default_partition_of(table.partition_of):
        return None
    detach = (
        f"ALTER TABLE {written(table.partition_of)} "
        f"DETACH PARTITION {written(table.name)} CONCURRENTLY"
    )
    return Rewrite((Piece(detach, Place.APART, "detach"), Piece(statement.sql, Place.NEXT, "drop")))


def attached_after(statement: Statement, context: Context) -> Rewrite | None:
    """CREATE TABLE … PARTITION OF as CREATE TABLE … (LIKE …) and ATTACH PARTITION."""
    created = context.all(CreateTable)
    if len(created) != 1 or created[0].partition_of is None or created[0].if_not_exists:
        return None
    parent = context.catalogue.tables.get(created[0].partition_of)
    words = words_of(statement.sql)
    of, bound = find(words, "PARTITION", "OF"), find(words, "FOR", "VALUES")
    if parent is None or of is None or bound is None or created[0].columns:
        return None
    if created[0].partitioned or created[0].settings or created[0].constraints:
        return None
    if any(column.identity for column in parent.columns.values()):
        return None  # LIKE would give the partition a sequence of its own.
    name = statement.sql[words[2].start : words[of - 1].end]
    above = statement.sql[words[of + 2].start : words[bound - 1].end]
    if words[bound - 1].text == ")" or words[-1].text != ")":
        return None
    if statement.sql[: words[2].start].split() != ["CREATE", "TABLE"]:
        return None
    bounds = statement.sql[words[bound].start :]
    return Rewrite(
        (
            Piece(f"CREATE TABLE {name} (LIKE {above} INCLUDING ALL)"),
            Piece(f"ALTER TABLE {above} ATTACH PARTITION {name} {bounds}"),
        )
    )


def checked_first(statement: Statement, context: Context) -> Rewrite | None:
    """ATTACH PARTITION after a CHECK with the same bounds was validated."""
    attached = context.all(AttachPartition)
    alter = read_alter_table(statement)
    if len(attached) != 1 or alter is None or len(alter.commands) != 1:
        return None
    parent = context.catalogue.tables.get(attached[0].table)
    partition = attached[0].partition
    if parent is None or len(parent.partition_key) != 1 or attached[0].default:
        return None
    if context.catalogue.default_partition_of(attached[0].table):
        return None  # The default partition is read as well: partition-default-scan.
    column = parent.partition_key[0]
    condition = _condition(alter.commands[0].text, quoted(column))
    name = temporary(context.catalogue, partition, column)
    if condition is None or name is None:
        return None
    return _between(statement, "attach", table=partition, name=name, condition=condition)


def default_checked_first(statement: Statement, context: Context) -> Rewrite | None:
    """A new partition after a CHECK has proved that the default one holds none of its rows."""
    parents = [each.table for each in context.all(AttachPartition)]
    parents += [each.partition_of for each in context.all(CreateTable) if each.partition_of]
    parent = context.catalogue.tables.get(parents[0]) if len(parents) == 1 else None
    default = context.catalogue.default_partition_of(parent.name) if parent else None
    if parent is None or default is None or len(parent.partition_key) != 1:
        return None
    column = parent.partition_key[0]
    known = context.catalogue.column(parent.name, column)
    name = temporary(context.catalogue, default, column)
    condition = _outside(statement.sql, quoted(column))
    if condition is None or name is None or known is None or not known.not_null:
        return None
    return _between(statement, "partition", table=default, name=name, condition=condition)


def _between(statement: Statement, what: str, *, table: str, name: str, condition: str) -> Rewrite:
    """The statement between a CHECK that spares it reading the table, and the end of that CHECK."""
    alter = f"ALTER TABLE {written(table)}"
    return Rewrite(
        (
            Piece(f"{alter} ADD CONSTRAINT {quoted(name)} CHECK ({condition}) NOT VALID"),
            Piece(f"{alter} VALIDATE CONSTRAINT {quoted(name)}", Place.NEXT, VALIDATE),
            Piece(statement.sql, Place.NEXT, what),
            Piece(f"{alter} DROP CONSTRAINT {quoted(name)}"),
        )
    )


def _outside(sql: str, column: str) -> str | None:
    """The rows that do not belong into the bounds, as a condition."""
    words = words_of(sql)
    found = _range(sql, words)
    if found is not None:
        lower, upper = found
        below = [] if lower.upper() == "MINVALUE" else [f"{column} < {lower}"]
        above = [] if upper.upper() == "MAXVALUE" else [f"{column} >= {upper}"]
        return " OR ".join(below + above) or None
    values = find(words, "IN", "(")
    if values is None or "NULL" in (each.key for each in words[values:]):
        return None
    return f"{column} NOT IN ({sql[words[values + 2].start : words[-2].end]})"


def _range(sql: str, words: tuple[Word, ...]) -> tuple[str, str] | None:
    start, to = find(words, "FROM", "("), find(words, "TO", "(")
    if start is None or to is None:
        return None
    lower = sql[words[start + 2].start : words[to - 2].end]
    return lower, sql[words[to + 2].start : words[-2].end]


def _condition(command: str, column: str) -> str | None:
    """The bounds as a condition that leaves no row without a value."""
    words = words_of(command)
    there = f"{column} IS NOT NULL"
    found = _range(command, words)
    if found is not None:
        lower, upper = found
        parts = [there]
        if lower.upper() != "MINVALUE":
            parts.append(f"{column} >= {lower}")
        if upper.upper() != "MAXVALUE":
            parts.append(f"{column} < {upper}")
        return " AND ".join(parts)
    values = find(words, "IN", "(")
    if values is None or "NULL" in (each.key for each in words[values:]):
        return None
    return f"{there} AND {column} IN ({command[words[values + 2].start : words[-2].end]})"


def indexed_one_by_one(statement: Statement, context: Context) -> Rewrite | None:
    """An index of a partitioned table: on it alone, then on each partition, then put together."""
    created = context.all(CreateIndex)
    if len(created) != 1 or not created[0].name:
        return None
    index = created[0]
    partitions = context.catalogue.partitions_of(index.table)
    names = {each: _child(each, index, context.catalogue) for each in partitions}
    if not partitions or None in names.values() or index.if_not_exists:
        return None
    sql = without(statement.sql, "CONCURRENTLY") or statement.sql
    words = words_of(sql)
    on, body = find(words, "ON"), _behind_table(words)
    if on is None or body is None:
        return None
    start = sql[: words[on].start]
    only = Piece(f"{start}ON ONLY {sql[words[on + 1].start :]}")
    kind = "UNIQUE INDEX" if index.unique else "INDEX"
    builds = [
        Piece(
            f"CREATE {kind} CONCURRENTLY {quoted(name or '')} ON {written(each)}{sql[body:]}",
            Place.APART,
            "index",
        )
        for each, name in names.items()
    ]
    return Rewrite((only, *builds, *_joined(index.name, names)))


def _joined(index: str, names: dict[str, str | None]) -> list[Piece]:
    schema = index.partition(".")[0]
    return [
        Piece(
            f"ALTER INDEX {written(index)} ATTACH PARTITION {written(f'{schema}.{name}')}",
            Place.HERE if n else Place.NEXT,
            "attach",
        )
        for n, name in enumerate(names.values())
    ]


def _behind_table(words: tuple[Word, ...]) -> int | None:
    """Where what is said of the index begins, behind ON and the table's name."""
    on = find(words, "ON")
    if on is None:
        return None
    at = on + 2
    while at < len(words) and words[at].text == ".":
        at += 2
    return words[at - 1].end


def _child(partition: str, index: CreateIndex, catalogue: Catalogue) -> str | None:
    """The name the server would choose for the index of a partition."""
    table = catalogue.tables[partition]
    if table.partitioned or not all(each.name for each in index.columns):
        return None
    schema, _, bare = partition.partition(".")
    columns = [each.name or "" for each in index.columns] + list(index.includes)
    name = "_".join([bare, *columns, "idx"])
    there = {**catalogue.indexes, **catalogue.tables}
    return name if fits(name) and f"{schema}.{name}" not in there else None

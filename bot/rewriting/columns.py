"""Columns added to tables in use: bare first, then filled, then with everything that was wanted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.judge.context import Context, listed, shown
from bot.rewriting.altering import AlterTable, Command, Levels, read_alter_table, rewritten
from bot.rewriting.column_text import Clause, ColumnText, read_column
from bot.rewriting.constraints import CHECK, FOREIGN, UNIQUE, index_body, name_of, validation
from bot.rewriting.names import chosen
from bot.rewriting.not_null import proving
from bot.rewriting.words import without
from bot.sql.actions import AddColumn
from bot.sql.values import Volatility
from bot.sql.words import words_of

DEFAULT, NOT_NULL = "CONSTR_DEFAULT", "CONSTR_NOTNULL"
BACKFILL, CHECKED = "backfill", "check"
_INTEGERS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
_INTEGERS |= {"serial2": "smallint", "serial4": "integer", "serial8": "bigint"}


def _columns(alter: AlterTable, context: Context) -> Iterator[tuple[int, ColumnText, Command]]:
    for n, command in enumerate(alter.commands):
        if command.subtype != "AT_AddColumn" or context.is_new(alter.table):
            continue
        if command.tree.get("missing_ok") and context.catalogue.column(
            alter.table, command.definition["colname"]
        ):
            continue
        yield n, read_column(command, alter.sql), command


def _levels(alter: AlterTable, column: str, context: Context, *, fill: str) -> Levels | None:
    """The folders that make a column NOT NULL; `fill` is a statement, or a comment for a person."""
    found = proving(alter, column, context)
    if found is None:
        return None
    add, proof = found
    check = alter.alter(add)
    if fill.startswith("--"):
        return Levels(((f"{fill}\n{check}",), *proof.statements), (CHECKED, *proof.named))
    return Levels(((fill,), (check,), *proof.statements), (BACKFILL, CHECKED, *proof.named))


def filled_first(statement: Statement, context: Context) -> Rewrite | None:
    """NOT NULL without a value for the old rows: who migrates fills them before the CHECK."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    changes: dict[int, str | None] = {}
    levels = Levels()
    names: list[str] = []
    for n, column, _ in _columns(alter, context):
        kinds = {each.kind for each in column.clauses}
        if NOT_NULL not in kinds or kinds - {NOT_NULL, UNIQUE, CHECK, FOREIGN}:
            continue
        name = quoted(column.name)
        example = f"UPDATE {alter.relation} SET {name} = … WHERE {name} IS NULL;"  # noqa: S608
        note = (
            "-- The rows that were there before need a value, in a folder before this one, such as"
            f"\n--   {example}"
        )
        more = _levels(alter, column.name, context, fill=note)
        if more is None:
            return None
        changes[n], levels = column.without({NOT_NULL}), levels.beside(more)
        names.append(f"{shown(alter.table)}.{column.name}")
    made = rewritten(alter, changes, levels=levels)
    return replace(made, todo=_to_fill(names)) if made else None


def _to_fill(names: Sequence[str]) -> str:
    return (
        f"fill {listed(names)} in the rows that are there already, in a folder before the one "
        "that checks it; a comment there has an example."
    )


def defaulted_after(statement: Statement, context: Context) -> Rewrite | None:
    """A default worked out row by row: the column without it, then the default, then the rows."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    volatile = _volatile_columns(context)
    changes: dict[int, str | None] = {}
    then: list[str] = []
    levels = Levels()
    for n, column, _ in _columns(alter, context):
        if column.name not in volatile or column.clause(DEFAULT) is None:
            continue
        more = _backfill(alter, column, context)
        if more is None:
            return None
        changes[n] = column.without({DEFAULT, NOT_NULL})
        name = quoted(column.name)
        then.append(alter.alter(f"ALTER COLUMN {name} SET DEFAULT {column.value()}"))
        levels = levels.beside(more)
    return rewritten(alter, changes, *then, levels=levels)


def _volatile_columns(context: Context) -> set[str]:
    return {
        each.column.name
        for each in context.all(AddColumn)
        if each.column.default and each.column.default.volatility is Volatility.VOLATILE
    }


def _backfill(
    alter: AlterTable, column: ColumnText, context: Context, *, required: bool = False
) -> Levels | None:
    name = quoted(column.name)
    update = f"UPDATE {alter.relation} SET {name} = DEFAULT WHERE {name} IS NULL"  # noqa: S608
    if required or column.clause(NOT_NULL):
        return _levels(alter, column.name, context, fill=update)
    return Levels(((update,),), (BACKFILL,))


def numbered_after(statement: Statement, context: Context) -> Rewrite | None:
    """A serial column: the column, its sequence and default, then the numbers of the old rows."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    changes: dict[int, str | None] = {}
    then: list[str] = []
    levels = Levels()
    for n, column, command in _columns(alter, context):
        written = command.definition["typeName"]["names"][-1]["String"]["sval"]
        integer = _INTEGERS.get(written)
        if integer is None:
            continue
        more = _backfill(alter, column, context, required=True)
        sequence = chosen(context.catalogue, alter.table, [column.name], "seq")
        if more is None or sequence is None:
            return None
        changes[n] = _retyped(column.without({NOT_NULL}), written, integer)
        then += _sequence(alter, column.name, sequence, integer)
        levels = levels.beside(more)
    return rewritten(alter, changes, *then, levels=levels)


def _retyped(text: str, old: str, new: str) -> str:
    word = next(each for each in words_of(text) if each.key == old.upper())
    return text[: word.start] + new.upper() + text[word.end :]


def _sequence(alter: AlterTable, column: str, sequence: str, integer: str) -> list[str]:
    schema = alter.table.partition(".")[0]
    whole = quoted(sequence) if schema == "public" else f"{quoted(schema)}.{quoted(sequence)}"
    literal = "'" + whole.replace("'", "''") + "'"
    return [
        f"CREATE SEQUENCE {whole} AS {integer.upper()} OWNED BY {alter.relation}.{quoted(column)}",
        alter.alter(f"ALTER COLUMN {quoted(column)} SET DEFAULT nextval({literal})"),
    ]


def constrained_after(statement: Statement, context: Context, kind: str) -> Rewrite | None:
    """A CHECK or foreign key beside a new column: added NOT VALID, validated later."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    changes: dict[int, str | None] = {}
    levels = Levels()
    for n, column, _ in _columns(alter, context):
        text = column.without({kind})
        for clause in (each for each in column.clauses if each.kind == kind):
            name = _name_beside(clause, column, alter.table, context)
            if name is None:
                return None
            keys = f"FOREIGN KEY ({quoted(column.name)}) " if kind == FOREIGN else ""
            text += f",\nADD CONSTRAINT {quoted(name)} {keys}{column.written(clause)} NOT VALID"
            levels = levels.beside(validation(alter, name))
            changes[n] = text
    return rewritten(alter, changes, levels=levels)


def indexed_after(statement: Statement, context: Context) -> Rewrite | None:
    """UNIQUE beside a new column: its index is built CONCURRENTLY, alone in its folder."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    found = [
        (n, column, clause)
        for n, column, _ in _columns(alter, context)
        for clause in column.clauses
        if clause.kind == UNIQUE
    ]
    table = context.catalogue.tables.get(alter.table)
    if len(found) != 1 or (table is not None and table.partitioned):
        return None
    n, column, clause = found[0]
    name = _name_beside(clause, column, alter.table, context)
    if name is None or clause.tree.get("options") or "DEFERR" in column.written(clause).upper():
        return None
    body = index_body({**clause.tree, "keys": [{"String": {"sval": column.name}}]})
    index = f"CREATE UNIQUE INDEX CONCURRENTLY {quoted(name)} ON {alter.relation}{body}"
    use = alter.alter(f"ADD CONSTRAINT {quoted(name)} UNIQUE USING INDEX {quoted(name)}")
    left = alter.with_changes({n: column.without({UNIQUE})})
    assert left is not None
    return Rewrite(
        (Piece(left), Piece(index, Place.APART, "index"), Piece(use, Place.NEXT, "constraint"))
    )


def _name_beside(clause: Clause, column: ColumnText, table: str, context: Context) -> str | None:
    """The constraint's name; beside a column the server names it after that column."""
    if clause.tree.get("conname") or clause.kind != CHECK:
        key = "fk_attrs" if clause.kind == FOREIGN else "keys"
        own = {**clause.tree, key: [{"String": {"sval": column.name}}]}
        return name_of(own, table, context)
    return chosen(context.catalogue, table, [column.name], "check")


def added_plainly(statement: Statement, context: Context) -> Rewrite | None:
    """ADD COLUMN without IF NOT EXISTS, where the column is not there yet."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    changes: dict[int, str | None] = {}
    for n, command in enumerate(alter.commands):
        if command.subtype == "AT_AddColumn" and command.tree.get("missing_ok"):
            table = context.catalogue.tables.get(alter.table)
            if table is None or command.definition["colname"] in table.columns:
                return None
            changes[n] = _plain(command.text)
    return rewritten(alter, changes)


def _plain(text: str) -> str:
    found = without(text, "IF", "NOT", "EXISTS")
    assert found is not None
    return found

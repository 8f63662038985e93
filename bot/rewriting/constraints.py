"""Constraints added without reading or locking a table for long."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.statement import Statement
from bot.core.quoting import quoted
from bot.judge.context import Context
from bot.rewriting.altering import AlterTable, Command, Levels, read_alter_table, rewritten
from bot.rewriting.names import chosen
from bot.rewriting.not_null import VALIDATE, proving
from bot.sql.expressions import expression_of, strings_of

Fields = Mapping[str, Any]

CHECK, FOREIGN, NOT_NULL = "CONSTR_CHECK", "CONSTR_FOREIGN", "CONSTR_NOTNULL"
UNIQUE, PRIMARY = "CONSTR_UNIQUE", "CONSTR_PRIMARY"


def name_of(constraint: Fields, table: str, context: Context) -> str | None:
    """Its name, or the one the server would choose; None if that is not certain."""
    if constraint.get("conname"):
        return str(constraint["conname"])
    kind = constraint["contype"]
    if kind == PRIMARY:
        return chosen(context.catalogue, table, (), "pkey")
    if kind == CHECK:
        columns = dict.fromkeys(expression_of(constraint["raw_expr"]).columns)
        return chosen(context.catalogue, table, columns if len(columns) == 1 else (), "check")
    ending = {FOREIGN: "fkey", UNIQUE: "key", NOT_NULL: "not_null"}[kind]
    keys = constraint.get("fk_attrs" if kind == FOREIGN else "keys")
    return chosen(context.catalogue, table, strings_of(keys), ending)


def named(command: Command, name: str) -> str:
    """ADD with the constraint's name in it."""
    if command.definition.get("conname"):
        return command.text
    return f"ADD CONSTRAINT {quoted(name)}{command.text[3:]}"


def _added(alter: AlterTable, *kinds: str) -> list[tuple[int, Command]]:
    return [
        (n, each)
        for n, each in enumerate(alter.commands)
        if each.subtype == "AT_AddConstraint" and each.definition["contype"] in kinds
    ]


def validated_later(statement: Statement, context: Context, kind: str) -> Rewrite | None:
    """ADD … NOT VALID where it stands, and VALIDATE CONSTRAINT in a later folder."""
    alter = read_alter_table(statement)
    if alter is None or not _may_be_left_open(alter.table, kind, context):
        return None
    changes: dict[int, str | None] = {}
    levels = Levels()
    for n, command in _added(alter, kind):
        constraint = command.definition
        if constraint.get("skip_validation") or not constraint.get("is_enforced", True):
            continue
        name = name_of(constraint, alter.table, context)
        if name is None:
            return None
        changes[n] = f"{named(command, name)} NOT VALID"
        levels = levels.beside(validation(alter, name))
    return rewritten(alter, changes, levels=levels)


def validation(alter: AlterTable, name: str) -> Levels:
    return Levels(((alter.alter(f"VALIDATE CONSTRAINT {quoted(name)}"),),), (VALIDATE,))


def _may_be_left_open(table: str, kind: str, context: Context) -> bool:
    found = context.catalogue.tables.get(table)
    if found is not None and found.partitioned and kind == FOREIGN:
        return context.settings.postgres >= 18
    return not context.is_new(table)


def given_a_name(statement: Statement, context: Context) -> Rewrite | None:
    """ADD with the name that the server would choose."""
    alter = read_alter_table(statement)
    if alter is None:
        return None
    changes: dict[int, str | None] = {}
    for n, command in _added(alter, CHECK, FOREIGN, UNIQUE, PRIMARY):
        if not command.definition.get("conname") and not command.definition.get("indexname"):
            name = name_of(command.definition, alter.table, context)
            if name is None or name in (changes.values()):
                return None
            changes[n] = named(command, name)
    return rewritten(alter, changes)


def built_apart(statement: Statement, context: Context, kind: str) -> Rewrite | None:
    """UNIQUE or PRIMARY KEY from an index that is built CONCURRENTLY, alone in its folder."""
    alter = read_alter_table(statement)
    if alter is None or context.is_new(alter.table) or _partitioned(alter.table, context):
        return None
    found = _added(alter, kind)
    if len(found) != 1:
        return None
    n, command = found[0]
    name = name_of(command.definition, alter.table, context)
    if name is None or command.definition.get("options") or command.definition.get("indexname"):
        return None
    left = alter.with_changes({n: None})
    before: tuple[Piece, ...] = (Piece(left),) if left else ()
    after: tuple[Piece, ...] = ()
    if kind == PRIMARY:
        more = _proved(alter, strings_of(command.definition["keys"]), context)
        if more is None:
            return None
        before, after = before + more[0], more[1]
    index = f"CREATE UNIQUE INDEX CONCURRENTLY {quoted(name)} ON {alter.relation}"
    use = alter.alter(
        f"ADD CONSTRAINT {quoted(name)} {'UNIQUE' if kind == UNIQUE else 'PRIMARY KEY'} "
        f"USING INDEX {quoted(name)}{_deferrable(command.definition)}"
    )
    built = Piece(index + index_body(command.definition), Place.APART, "index")
    return Rewrite((*before, built, Piece(use, Place.NEXT, "constraint"), *after))


def proved_before_key(statement: Statement, context: Context) -> Rewrite | None:
    """PRIMARY KEY USING INDEX after CHECKs have proved that no column is null."""
    alter = read_alter_table(statement)
    if alter is None or context.is_new(alter.table) or len(alter.commands) != 1:
        return None
    schema = alter.table.partition(".")[0]
    index = context.catalogue.indexes.get(
        f"{schema}.{alter.commands[0].definition.get('indexname')}"
    )
    if index is None:
        return None
    found = _proved(alter, [each.name or "" for each in index.columns], context)
    if not found or not found[0]:
        return None
    return Rewrite((*found[0], Piece(statement.sql, Place.NEXT, "primary_key"), *found[1]))


def index_body(constraint: Fields) -> str:
    """The columns of a key as CREATE INDEX writes them, and what goes with them."""
    text = f" ({_list(strings_of(constraint['keys']))})"
    if constraint.get("including"):
        text += f" INCLUDE ({_list(strings_of(constraint['including']))})"
    if constraint.get("nulls_not_distinct"):
        text += " NULLS NOT DISTINCT"
    if constraint.get("indexspace"):
        text += f" TABLESPACE {quoted(constraint['indexspace'])}"
    return text


def _proved(
    alter: AlterTable, columns: Sequence[str], context: Context
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    """What a primary key needs before its index and after itself where columns may be null."""
    before: list[Piece] = []
    validations: list[Piece] = []
    after: list[Piece] = []
    for name in columns:
        column = context.catalogue.column(alter.table, name)
        if column is None:
            return None
        if column.not_null or context.catalogue.proved_not_null(alter.table, name):
            continue
        found = proving(alter, name, context)
        if found is None:
            return None
        add, levels = found
        place = Place.HERE if validations else Place.NEXT
        before.append(Piece(alter.alter(add)))
        validations.append(Piece(levels.statements[0][0], place, VALIDATE))
        after.append(Piece(levels.statements[1][1]))
    return (*before, *validations), tuple(after)


def _partitioned(table: str, context: Context) -> bool:
    found = context.catalogue.tables.get(table)
    return found is not None and found.partitioned


def _deferrable(constraint: Fields) -> str:
    words = " DEFERRABLE" if constraint.get("deferrable") else ""
    return words + (" INITIALLY DEFERRED" if constraint.get("initdeferred") else "")


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))

"""CREATE TABLE, ALTER TABLE and the commands inside it, read into actions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.sql import actions as act
from bot.sql.expressions import expression_of, relation_name, strings_of, type_of
from bot.sql.read_definitions import Fields, column_of, constraint_of, settings_of


def create_table(fields: Fields) -> Iterator[act.Action]:
    body = fields.get("base", fields)
    relation = body["relation"]
    elements = [next(iter(each.items())) for each in body.get("tableElts", ())]
    parents = tuple(relation_name(each["RangeVar"]) for each in body.get("inhRelations", ()))
    bound = "partbound" in body
    temporary = relation.get("relpersistence") == "t"
    yield act.CreateTable(
        # Later statements name a temporary table without a schema, like any other.
        table=f"public.{relation['relname']}" if temporary else relation_name(relation),
        columns=tuple(column_of(each) for node, each in elements if node == "ColumnDef"),
        constraints=tuple(constraint_of(each) for node, each in elements if node == "Constraint"),
        if_not_exists=body.get("if_not_exists", False),
        temporary=temporary,
        unlogged=relation.get("relpersistence") == "u",
        partitioned="partspec" in body,
        partition_of=parents[0] if bound and parents else None,
        default_partition=bool(body.get("partbound", {}).get("is_default")),
        partition_key=_partition_key(body.get("partspec", {})),
        inherits=() if bound else parents,
        like=tuple(
            relation_name(each["relation"]) for node, each in elements if node == "TableLikeClause"
        ),
        settings=settings_of(body.get("options")),
        foreign="servername" in fields,
    )


def _partition_key(specification: Fields) -> tuple[str, ...]:
    """The columns of the key; an expression has none by name."""
    parts = (each["PartitionElem"] for each in specification.get("partParams", ()))
    return tuple(each["name"] for each in parts if "name" in each)


def alter_table(fields: Fields) -> Iterator[act.Action]:
    table = relation_name(fields["relation"])
    kind = fields.get("objtype", "OBJECT_TABLE")
    missing = fields.get("missing_ok", False)
    only = not fields["relation"].get("inh", False)
    for each in fields.get("cmds", ()):
        command = each["AlterTableCmd"]
        reader = _COMMANDS.get(command["subtype"])
        if reader is None or kind not in ("OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"):
            option = _option(table, command)
            action: act.TableAction = replace(option, composite=kind == "OBJECT_TYPE")
        else:
            action = reader(table, command)
        if missing or only:
            action = replace(action, if_table_exists=missing, only=only)
        yield action


def _option(table: str, command: Fields) -> act.TableOption:
    values = command.get("def", {}).get("List", {}).get("items")
    return act.TableOption(
        table,
        command["subtype"],
        command.get("name", "") or _other_table(command),
        settings_of(values),
        _identity(command),
    )


def _other_table(command: Fields) -> str:
    """The parent of INHERIT and NO INHERIT."""
    relation = command.get("def", {}).get("RangeVar")
    return relation_name(relation) if relation else ""


def _identity(command: Fields) -> str:
    definition = command.get("def", {})
    when = definition.get("Constraint", {}).get("generated_when", "")
    for each in definition.get("List", {}).get("items", ()):
        element = each.get("DefElem", {})
        if element.get("defname") == "generated":
            when = chr(element["arg"]["Integer"]["ival"])
    return {"a": "ALWAYS", "d": "BY DEFAULT"}.get(when, "")


def _add_column(table: str, command: Fields) -> act.TableAction:
    column = column_of(command["def"]["ColumnDef"])
    return act.AddColumn(table, column, command.get("missing_ok", False))


def _drop_column(table: str, command: Fields) -> act.TableAction:
    return act.DropColumn(table, command["name"], *_missing_and_cascade(command))


def _drop_constraint(table: str, command: Fields) -> act.TableAction:
    return act.DropConstraint(table, command["name"], *_missing_and_cascade(command))


def _alter_constraint(table: str, command: Fields) -> act.TableAction:
    change = command["def"].get("ATAlterConstraint", {})
    deferrable = change.get("deferrable", False) if change.get("alterDeferrability") else None
    enforced = change.get("is_enforced", False) if change.get("alterEnforceability") else None
    return act.AlterConstraint(table, change.get("conname", ""), deferrable, enforced)


def _missing_and_cascade(command: Fields) -> tuple[bool, bool]:
    return command.get("missing_ok", False), command.get("behavior") == "DROP_CASCADE"


def _alter_type(table: str, command: Fields) -> act.TableAction:
    definition = command["def"]["ColumnDef"]
    using = definition.get("raw_default")
    return act.AlterColumnType(
        table,
        command["name"],
        type_of(definition["typeName"]),
        expression_of(using) if using else None,
        ".".join(strings_of(definition.get("collClause", {}).get("collname"))),
    )


def _default(table: str, command: Fields) -> act.TableAction:
    if "def" not in command:
        return act.DropDefault(table, command["name"])
    return act.SetDefault(table, command["name"], expression_of(command["def"]))


def _attach(table: str, command: Fields) -> act.TableAction:
    partition = command["def"]["PartitionCmd"]
    bound: Mapping[str, Any] = partition.get("bound", {})
    return act.AttachPartition(
        table, relation_name(partition["name"]), bool(bound.get("is_default"))
    )


def _detach(table: str, command: Fields) -> act.TableAction:
    partition = command["def"]["PartitionCmd"]
    return act.DetachPartition(
        table, relation_name(partition["name"]), partition.get("concurrent", False)
    )


_COMMANDS: Mapping[str, Callable[[str, Fields], act.TableAction]] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AlterColumnType": _alter_type,
    "AT_ColumnDefault": _default,
    "AT_SetNotNull": lambda table, command: act.SetNotNull(table, command["name"]),
    "AT_DropNotNull": lambda table, command: act.DropNotNull(table, command["name"]),
    "AT_AddConstraint": lambda table, command: act.AddConstraint(
        table, constraint_of(command["def"]["Constraint"])
    ),
    "AT_AlterConstraint": _alter_constraint,
    "AT_ValidateConstraint": lambda table, command: act.ValidateConstraint(table, command["name"]),
    "AT_DropConstraint": _drop_constraint,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
}

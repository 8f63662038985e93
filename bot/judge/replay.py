"""How each action changes the catalogue."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.judge.births import follow
from bot.judge.catalogue import Catalogue, without
from bot.judge.renaming import rename, rename_object, swapped
from bot.judge.row_security import create_policy, drop_policy, table_option
from bot.judge.schema import Domain, EnumType, Index, Table, Trigger, View
from bot.sql import actions as act
from bot.sql.values import Column, Constraint, ConstraintKind


def replay(catalogue: Catalogue, actions: Iterable[act.Action], *, born: int) -> None:
    """Change the catalogue as the actions change the schema; `born` dates what they create."""
    for action in actions:
        step = _STEPS.get(type(action))
        if step:
            step(catalogue, action, born)
        follow(catalogue.births, action, born)


def _create_table(catalogue: Catalogue, action: act.CreateTable, born: int) -> None:
    if action.if_not_exists and action.table in catalogue.tables:
        return
    parent = catalogue.tables.get(action.partition_of or "")
    columns: dict[str, Column] = dict(parent.columns) if parent else {}
    for source in (*action.like, *action.inherits):
        found = catalogue.tables.get(source)
        columns.update(found.columns if found else {})
    columns.update((each.name, each) for each in action.columns)
    inline = [constraint for each in action.columns for constraint in each.constraints]
    keys = [each for each in action.constraints if each.kind is ConstraintKind.PRIMARY_KEY]
    for name in (name for key in keys for name in key.columns):
        if name in columns:
            columns[name] = replace(columns[name], not_null=True)
    table = Table(
        name=action.table,
        born=born,
        columns=columns,
        temporary=action.temporary,
        partitioned=action.partitioned,
        partition_of=action.partition_of,
        default_partition=action.default_partition,
        partition_key=action.partition_key,
    )
    catalogue.tables[action.table] = table
    for constraint in (*inline, *action.constraints):
        catalogue.add_constraint(catalogue.tables[action.table], constraint)


def _add_column(catalogue: Catalogue, action: act.AddColumn, born: int) -> None:
    table = catalogue.tables.get(action.table)
    column = action.column
    if table is None or (action.if_not_exists and column.name in table.columns):
        return
    catalogue.put(table, columns={**table.columns, column.name: column})
    for constraint in column.constraints:
        catalogue.add_constraint(catalogue.tables[action.table], constraint)


def _drop_column(catalogue: Catalogue, action: act.DropColumn, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table is None:
        return
    gone = [name for name, each in table.constraints.items() if _uses(each, action.name)]
    catalogue.put(
        table,
        columns=without(table.columns, [action.name]),
        constraints=without(table.constraints, gone),
    )
    for index in catalogue.indexes_of(action.table):
        if any(each.name == action.name for each in index.columns):
            del catalogue.indexes[index.name]


def _uses(constraint: Constraint, column: str) -> bool:
    expression = constraint.expression
    return column in constraint.columns or bool(expression and column in expression.columns)


def _change_column(catalogue: Catalogue, action: Any, born: int) -> None:
    table = catalogue.tables.get(action.table)
    column = table.columns.get(action.name) if table else None
    if table is None or column is None:
        return
    if isinstance(action, act.AlterColumnType):
        column = replace(column, type=action.type, collation=action.collation)
    elif isinstance(action, act.SetNotNull | act.DropNotNull):
        column = replace(column, not_null=isinstance(action, act.SetNotNull))
    else:
        column = replace(column, default=getattr(action, "default", None))
    catalogue.put(table, columns={**table.columns, action.name: column})


def _add_constraint(catalogue: Catalogue, action: act.AddConstraint, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table is None:
        return
    constraint = action.constraint
    if constraint.using_index and not constraint.columns:
        index = catalogue.indexes.get(f"{table.name.partition('.')[0]}.{constraint.using_index}")
        names = (each.name for each in index.columns) if index else ()
        constraint = replace(constraint, columns=tuple(name for name in names if name))
    catalogue.add_constraint(table, constraint)
    makes_not_null = (ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL)
    if constraint.kind in makes_not_null and constraint.validated:
        for name in constraint.columns:
            _change_column(catalogue, act.SetNotNull(action.table, name), born)


def _validate(catalogue: Catalogue, action: act.ValidateConstraint, born: int) -> None:
    table = catalogue.tables.get(action.table)
    found = table.constraints.get(action.name) if table else None
    if table and found:
        valid = replace(found, validated=True)
        catalogue.put(table, constraints={**table.constraints, action.name: valid})
        if found.kind is ConstraintKind.NOT_NULL:
            for name in found.columns:
                _change_column(catalogue, act.SetNotNull(action.table, name), born)


def _alter_constraint(catalogue: Catalogue, action: act.AlterConstraint, born: int) -> None:
    table = catalogue.tables.get(action.table)
    found = table.constraints.get(action.name) if table else None
    if table and found:
        changed = replace(
            found,
            deferrable=found.deferrable if action.deferrable is None else action.deferrable,
            enforced=found.enforced if action.enforced is None else action.enforced,
        )
        catalogue.put(table, constraints={**table.constraints, action.name: changed})


def _drop_constraint(catalogue: Catalogue, action: act.DropConstraint, born: int) -> None:
    table = catalogue.tables.get(action.table)
    if table:
        catalogue.put(table, constraints=without(table.constraints, [action.name]))
        owned = f"{action.table.partition('.')[0]}.{action.name}"
        index = catalogue.indexes.get(owned)
        if index and index.constraint == action.name:
            del catalogue.indexes[owned]


def _create_index(catalogue: Catalogue, action: act.CreateIndex, born: int) -> None:
    schema, _, table = action.table.partition(".")
    columns = "_".join(each.name or "expr" for each in action.columns)
    name = action.name or f"{schema}.{table}_{columns}_idx"
    if not (action.if_not_exists and name in catalogue.indexes):
        catalogue.indexes[name] = Index(
            name,
            action.table,
            action.columns,
            action.unique,
            action.partial,
            method=action.method,
            includes=action.includes,
            doubtful=action.concurrently,
        )


def _table_option(catalogue: Catalogue, action: act.TableOption, born: int) -> None:
    by_command: dict[str, dict[str, Any]] = {
        "AT_AddIdentity": {"identity": True},
        "AT_DropIdentity": {"identity": False},
        "AT_DropExpression": {"generated": "", "computed_from": ()},
    }
    table_option(catalogue, action, born)
    changes = by_command.get(action.command, {})
    table = catalogue.tables.get(action.table)
    column = table.columns.get(action.name) if table else None
    if table and column and changes:
        catalogue.put(table, columns={**table.columns, action.name: replace(column, **changes)})


def _reindex(catalogue: Catalogue, action: act.Reindex, born: int) -> None:
    found = catalogue.indexes.get(action.name)
    if found:
        catalogue.indexes[action.name] = replace(found, doubtful=False)


def _attach(catalogue: Catalogue, action: act.AttachPartition, born: int) -> None:
    table = catalogue.tables.get(action.partition)
    if table:
        catalogue.put(table, partition_of=action.table, default_partition=action.default)


def _detach(catalogue: Catalogue, action: act.DetachPartition, born: int) -> None:
    table = catalogue.tables.get(action.partition)
    if table:
        catalogue.put(table, partition_of=None, default_partition=False)


def _rename(catalogue: Catalogue, action: act.Rename, born: int) -> None:
    rename(catalogue, action)


def _set_schema(catalogue: Catalogue, action: act.SetSchema, born: int) -> None:
    bare = action.name.partition(".")[2]
    rename_object(catalogue, action.name, f"{action.schema}.{bare}")


def _drop(catalogue: Catalogue, action: act.DropObjects, born: int) -> None:
    for name in action.names:
        if action.kind in ("TABLE", "FOREIGN TABLE"):
            _drop_table(catalogue, name)
        elif action.kind == "SCHEMA":
            for table in [each for each in catalogue.tables if each.startswith(f"{name}.")]:
                _drop_table(catalogue, table)
        elif action.kind == "TRIGGER":
            catalogue.triggers.pop((action.relation, name), None)
        elif action.kind == "POLICY":
            drop_policy(catalogue, action.relation, name)
        else:
            for values in _by_kind(catalogue, action.kind):
                values.pop(name, None)


def _by_kind(catalogue: Catalogue, kind: str) -> tuple[dict[str, Any], ...]:
    holders: dict[str, tuple[dict[str, Any], ...]] = {
        "INDEX": (catalogue.indexes,),
        "VIEW": (catalogue.views,),
        "MATERIALIZED VIEW": (catalogue.views,),
        "TYPE": (catalogue.enums, catalogue.domains),
        "DOMAIN": (catalogue.domains,),
        "SEQUENCE": (catalogue.sequences,),
    }
    return holders.get(kind, ())


def _drop_table(catalogue: Catalogue, name: str) -> None:
    for partition in catalogue.partitions_of(name):
        catalogue.tables.pop(partition, None)
    catalogue.tables.pop(name, None)
    for owner, trigger in list(catalogue.triggers):
        if owner == name:
            del catalogue.triggers[owner, trigger]
    for index in catalogue.indexes_of(name):
        del catalogue.indexes[index.name]
    for child, constraint in list(catalogue.references_to(name)):
        table = catalogue.tables[child]
        catalogue.put(table, constraints=without(table.constraints, [constraint.name]))


def _create_trigger(catalogue: Catalogue, action: act.CreateTrigger, born: int) -> None:
    trigger = Trigger(action.name, action.table, action.function, action.deferred)
    catalogue.triggers[action.table, action.name] = trigger


def _create_view(catalogue: Catalogue, action: act.CreateView, born: int) -> None:
    before = catalogue.views.get(action.name)
    catalogue.views[action.name] = View(
        action.name,
        before.born if before else born,
        action.reads,
        action.materialized,
        _used_by_view(catalogue, action),
    )


def _used_by_view(catalogue: Catalogue, action: act.CreateView) -> tuple[str, ...]:
    """The names a view uses; `*` stands for the columns that its one table has by now."""
    table = catalogue.tables.get(action.reads[0]) if len(action.reads) == 1 else None
    if table is None or "*" not in action.columns:
        return action.columns
    return tuple(dict.fromkeys((*action.columns, *table.columns)))


def _create_enum(catalogue: Catalogue, action: act.CreateEnum, born: int) -> None:
    catalogue.enums[action.name] = EnumType(action.name, born, action.values)


def _add_value(catalogue: Catalogue, action: act.AddEnumValue, born: int) -> None:
    found = catalogue.enums.get(action.name)
    if found and action.value not in found.values:
        catalogue.enums[action.name] = replace(found, values=(*found.values, action.value))


def _rename_value(catalogue: Catalogue, action: act.RenameEnumValue, born: int) -> None:
    found = catalogue.enums.get(action.name)
    if found:
        values = swapped(found.values, action.old, action.new)
        catalogue.enums[action.name] = replace(found, values=values)


def _create_domain(catalogue: Catalogue, action: act.CreateDomain, born: int) -> None:
    catalogue.domains[action.name] = Domain(action.name, action.type, action.constrained)


def _alter_domain(catalogue: Catalogue, action: act.AlterDomain, born: int) -> None:
    found = catalogue.domains.get(action.name)
    if found and action.command in ("ADD CONSTRAINT", "SET NOT NULL"):
        catalogue.domains[action.name] = replace(found, constrained=True)


def _create_sequence(catalogue: Catalogue, action: act.CreateSequence, born: int) -> None:
    catalogue.sequences.setdefault(action.name, born)


_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.AddColumn: _add_column,
    act.AddConstraint: _add_constraint,
    act.AddEnumValue: _add_value,
    act.AlterColumnType: _change_column,
    act.AlterConstraint: _alter_constraint,
    act.AlterDomain: _alter_domain,
    act.AttachPartition: _attach,
    act.CreateDomain: _create_domain,
    act.CreateEnum: _create_enum,
    act.CreateIndex: _create_index,
    act.CreatePolicy: create_policy,
    act.CreateSequence: _create_sequence,
    act.CreateTable: _create_table,
    act.CreateTrigger: _create_trigger,
    act.CreateView: _create_view,
    act.DetachPartition: _detach,
    act.DropColumn: _drop_column,
    act.DropConstraint: _drop_constraint,
    act.DropDefault: _change_column,
    act.DropNotNull: _change_column,
    act.DropObjects: _drop,
    act.Reindex: _reindex,
    act.Rename: _rename,
    act.RenameEnumValue: _rename_value,
    act.SetDefault: _change_column,
    act.SetNotNull: _change_column,
    act.SetSchema: _set_schema,
    act.TableOption: _table_option,
    act.ValidateConstraint: _validate,
}

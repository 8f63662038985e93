"""How indexes, views, types, functions and other objects change the catalogue."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Domain, EnumType, Function, Index, Sequence, Trigger, View
from bot.judge.replay.births import key_of
from bot.judge.replay.chosen_names import object_name
from bot.judge.replay.partition_indexes import bring_to_partitions
from bot.judge.replay.renaming import rename, rename_object, swapped
from bot.judge.replay.row_security import create_policy
from bot.sql import actions as act
from bot.sql.names import bare


def _create_index(catalogue: Catalogue, action: act.CreateIndex, born: int) -> None:
    name = action.name or _index_name(catalogue, action)
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
            where=action.where,
        )
        if not action.only:
            bring_to_partitions(catalogue, catalogue.indexes[name])


def _index_name(catalogue: Catalogue, action: act.CreateIndex) -> str:
    schema = action.table.partition(".")[0]
    columns = "_".join(each.name or "expr" for each in action.columns)
    number = 0
    name = f"{schema}.{object_name(bare(action.table), columns, 'idx', ())}"
    while name in catalogue.indexes or catalogue.born(name) is not None:
        number += 1
        name = f"{schema}.{object_name(bare(action.table), columns, f'idx{number}', ())}"
    return name


def _reindex(catalogue: Catalogue, action: act.Reindex, born: int) -> None:
    found = catalogue.indexes.get(action.name)
    if found:
        catalogue.indexes[action.name] = replace(found, doubtful=False)


def _rename(catalogue: Catalogue, action: act.Rename, born: int) -> None:
    rename(catalogue, action)


def _set_schema(catalogue: Catalogue, action: act.SetSchema, born: int) -> None:
    rename_object(catalogue, action.name, f"{action.schema}.{bare(action.name)}")
    for index in catalogue.indexes_of(f"{action.schema}.{bare(action.name)}"):
        moved = f"{action.schema}.{bare(index.name)}"
        del catalogue.indexes[index.name]
        catalogue.indexes[moved] = replace(index, name=moved)
    for each in catalogue.owned_sequences(f"{action.schema}.{bare(action.name)}"):
        del catalogue.sequences[each.name]
        moved = f"{action.schema}.{bare(each.name)}"
        catalogue.sequences[moved] = replace(each, name=moved)


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
    table, _, column = _owner(action.owner)
    catalogue.sequences.setdefault(action.name, Sequence(action.name, born, table, column))


def _alter_sequence(catalogue: Catalogue, action: act.AlterSequence, born: int) -> None:
    found = catalogue.sequences.get(action.name)
    owner = dict(action.settings).get("owned_by")
    if found and owner is not None:
        table, _, column = _owner(owner)
        catalogue.sequences[action.name] = replace(found, table=table, column=column)


def _owner(written: str) -> tuple[str, str, str]:
    """`table.column`, with a schema or without; nothing for NONE."""
    if written in ("", "none"):
        return "", "", ""
    table, _, column = written.rpartition(".")
    return (table if "." in table else f"public.{table}"), ".", column


def _create_function(catalogue: Catalogue, action: act.CreateFunction, born: int) -> None:
    before = catalogue.functions.get(action.name)
    catalogue.functions[action.name] = Function(
        action.name,
        before.born if before else born,
        action.body,
        action.language,
        action.volatility,
        inlined=not (action.security_definer or action.settings),
        overloaded=before is not None and not action.replace,
    )


def _create_object(catalogue: Catalogue, action: act.CreateObject, born: int) -> None:
    if action.relations:
        catalogue.members.setdefault(key_of(action.kind, action.name), action.relations)


def _alter_publication(catalogue: Catalogue, action: act.AlterPublication, born: int) -> None:
    key = key_of("PUBLICATION", action.name)
    before = catalogue.members.get(key, ())
    if action.change == "ADD":
        catalogue.members[key] = (*before, *action.relations)
    elif action.change == "DROP":
        catalogue.members[key] = tuple(each for each in before if each not in action.relations)
    elif action.change == "SET":
        catalogue.members[key] = action.relations


OBJECT_STEPS: dict[type[act.Action], Callable[[Catalogue, Any, int], None]] = {
    act.AddEnumValue: _add_value,
    act.AlterDomain: _alter_domain,
    act.AlterPublication: _alter_publication,
    act.AlterSequence: _alter_sequence,
    act.CreateDomain: _create_domain,
    act.CreateEnum: _create_enum,
    act.CreateFunction: _create_function,
    act.CreateIndex: _create_index,
    act.CreateObject: _create_object,
    act.CreatePolicy: create_policy,
    act.CreateSequence: _create_sequence,
    act.CreateTrigger: _create_trigger,
    act.CreateView: _create_view,
    act.Reindex: _reindex,
    act.Rename: _rename,
    act.RenameEnumValue: _rename_value,
    act.SetSchema: _set_schema,
}

"""The indexes that a partitioned table's own bring to its partitions."""

from dataclasses import replace

from bot.judge.catalogue.catalogue import Catalogue, without
from bot.judge.catalogue.schema import Index
from bot.judge.replay.chosen_names import object_name
from bot.sql.names import bare


def bring_to_partitions(catalogue: Catalogue, index: Index) -> None:
    """After an index was made on a partitioned table."""
    table = catalogue.tables.get(index.table)
    if table is None or not table.partitioned:
        return
    for each in list(catalogue.tables.values()):
        if each.partition_of == table.name:
            _bring(catalogue, index, each.name)


def bring_to_partition(catalogue: Catalogue, parent: str, partition: str) -> None:
    """After a partition was made, or attached with what indexes it had."""
    own = catalogue.indexes_of(partition)
    for index in catalogue.indexes_of(parent):
        same = next((each for each in own if _alike(index, each) and not each.parent), None)
        if same is None:
            _bring(catalogue, index, partition)
        else:
            catalogue.indexes[same.name] = replace(same, parent=index.name)


def drop_below(catalogue: Catalogue, name: str) -> None:
    """Forget an index with those it brought to partitions."""
    index = catalogue.indexes.pop(name, None)
    table = catalogue.tables.get(index.table) if index else None
    if index and table and index.constraint:
        catalogue.put(table, constraints=without(table.constraints, [index.constraint]))
    for each in [index for index in catalogue.indexes.values() if index.parent == name]:
        drop_below(catalogue, each.name)


def _bring(catalogue: Catalogue, index: Index, partition: str) -> None:
    schema = partition.partition(".")[0]
    columns, ending = "_".join(index.called or key_names(index)), "idx"
    if index.constraint:
        columns, ending = ("", "pkey") if index.primary else (columns, "key")
    taken = {bare(each) for each in catalogue.indexes if each.startswith(f"{schema}.")}
    name = object_name(bare(partition), columns, ending, taken)
    copy = replace(
        index,
        name=f"{schema}.{name}",
        table=partition,
        parent=index.name,
        constraint=name if index.constraint else None,
    )
    catalogue.indexes[copy.name] = copy
    above = catalogue.constraint(index.table, index.constraint) if index.constraint else None
    if above:
        table = catalogue.tables[partition]
        own = replace(above, name=name)
        catalogue.put(table, constraints={**table.constraints, name: own})
    bring_to_partitions(catalogue, copy)


def key_names(index: Index) -> tuple[str, ...]:
    return tuple(each.name or "expr" for each in index.columns)


def _alike(one: Index, other: Index) -> bool:
    return (one.columns, one.unique, one.method) == (other.columns, other.unique, other.method)

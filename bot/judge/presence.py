"""What conditions on the schema say, looked up in the catalogue."""

from collections.abc import Callable, Iterable

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.replay.births import key_of
from bot.sql.conditions import Condition, Logic, Presence


def holds(condition: Condition | None, catalogue: Catalogue) -> bool | None:
    """Whether it holds; None if nobody can know before it is asked."""
    if isinstance(condition, Logic):
        parts = [holds(each, catalogue) for each in condition.parts]
        return _joined(condition.operator, parts)
    if isinstance(condition, Presence):
        find = _THERE.get(condition.kind)
        return find(catalogue, condition) if find else None
    return condition


def _joined(operator: str, parts: list[bool | None]) -> bool | None:
    """One part that decides is enough, whatever the others say."""
    if operator == "NOT":
        return None if parts[0] is None else not parts[0]
    deciding = operator == "OR"
    if deciding in parts:
        return deciding
    return None if None in parts else not deciding


def _named(names: Iterable[str], name: str, schema: str) -> list[str]:
    """Those of the full names that end in a bare one."""
    found = [each for each in names if each.partition(".")[2] == name]
    return [each for each in found if not schema or each.startswith(f"{schema}.")]


def _tables(catalogue: Catalogue, asked: Presence) -> list[str]:
    names = (*catalogue.tables, *catalogue.strangers)
    return _named(names, asked.table, asked.schema) if asked.table else [*names]


def _constraint(catalogue: Catalogue, asked: Presence) -> bool:
    tables = _tables(catalogue, asked)
    return any(asked.name in catalogue.constraints_of(each) for each in tables)


def _column(catalogue: Catalogue, asked: Presence) -> bool | None:
    tables = _tables(catalogue, asked)
    if any(each in catalogue.strangers for each in tables):
        return None
    return any(catalogue.column(each, asked.name) is not None for each in tables)


def _trigger(catalogue: Catalogue, asked: Presence) -> bool:
    tables = set(_tables(catalogue, asked))
    return any(name == asked.name and table in tables for table, name in catalogue.triggers)


def _policy(catalogue: Catalogue, asked: Presence) -> bool:
    tables = (catalogue.tables.get(each) for each in _tables(catalogue, asked))
    return any(asked.name in each.policies for each in tables if each)


def _value(catalogue: Catalogue, asked: Presence) -> bool | None:
    if not asked.table:
        return any(asked.name in each.values for each in catalogue.enums.values())
    enums = _named(catalogue.enums, asked.table, asked.schema)
    return any(asked.name in catalogue.enums[each].values for each in enums)


def _type(catalogue: Catalogue, asked: Presence) -> bool:
    other = (name for family, name in catalogue.births if family == "TYPE")
    names = (*catalogue.enums, *catalogue.domains, *catalogue.tables, *other)
    return bool(_named(names, asked.name, asked.schema))


def _relation(catalogue: Catalogue, asked: Presence) -> bool:
    kinds = (catalogue.tables, catalogue.views, catalogue.indexes, catalogue.sequences)
    return any(_named(kind, asked.name, asked.schema) for kind in kinds)


def _function(catalogue: Catalogue, asked: Presence) -> bool:
    return bool(_named(catalogue.functions, asked.name, asked.schema))


def _schema(catalogue: Catalogue, asked: Presence) -> bool:
    return asked.name == "public" or key_of("SCHEMA", asked.name) in catalogue.births


def _extension(catalogue: Catalogue, asked: Presence) -> bool:
    return asked.name == "plpgsql" or key_of("EXTENSION", asked.name) in catalogue.births


_THERE: dict[str, Callable[[Catalogue, Presence], bool | None]] = {
    "COLUMN": _column,
    "CONSTRAINT": _constraint,
    "EXTENSION": _extension,
    "FUNCTION": _function,
    "POLICY": _policy,
    "RELATION": _relation,
    "SCHEMA": _schema,
    "TRIGGER": _trigger,
    "TYPE": _type,
    "VALUE": _value,
}

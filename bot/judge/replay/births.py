"""When things were created that the catalogue keeps nothing else about: schemas, functions, …

Things that cannot bear the same name at the same time are of one family: a table and a view, a
function and an aggregate.
"""

from collections.abc import Callable
from typing import Any

from bot.sql import actions as act

# A family and a name in it.
Key = tuple[str, str]

RELATION = "RELATION"
_FAMILIES = {
    "TABLE": RELATION,
    "FOREIGN TABLE": RELATION,
    "VIEW": RELATION,
    "MATERIALIZED VIEW": RELATION,
    "SEQUENCE": RELATION,
    "INDEX": RELATION,
    "PROCEDURE": "FUNCTION",
    "ROUTINE": "FUNCTION",
    "AGGREGATE": "FUNCTION",
    "DOMAIN": "TYPE",
}


def key_of(kind: str, name: str, relation: str = "") -> Key:
    """The key of an object; `relation` is the table of a trigger, policy or constraint."""
    return _FAMILIES.get(kind, kind), f"{relation}.{name}" if relation else name


def named_by(action: act.Action) -> Key | None:
    """What bears its name because of the action: created by it, renamed or moved."""
    found = _NAMED.get(type(action))
    return found(action) if found else None


def _moved(action: act.SetSchema) -> Key:
    bare = action.name.rpartition(".")[2]
    return key_of(action.kind, f"{action.schema}.{bare}")


_NAMED: dict[type[act.Action], Callable[[Any], Key]] = {
    act.CreateDomain: lambda action: key_of("DOMAIN", action.name),
    act.CreateEnum: lambda action: key_of("TYPE", action.name),
    act.CreateExtension: lambda action: key_of("EXTENSION", action.name),
    act.CreateFunction: lambda action: key_of("FUNCTION", action.name),
    act.CreateObject: lambda action: key_of(action.kind, action.name),
    act.CreateIndex: lambda action: key_of("INDEX", action.name),
    act.CreateSchema: lambda action: key_of("SCHEMA", action.name),
    act.CreateSequence: lambda action: key_of("SEQUENCE", action.name),
    act.CreateTable: lambda action: key_of("TABLE", action.table),
    act.CreateTrigger: lambda action: key_of("TRIGGER", action.name, action.table),
    act.CreateView: lambda action: key_of("VIEW", action.name),
    act.Rename: lambda action: key_of(action.kind, action.new, action.relation),
    act.SetSchema: _moved,
}


def follow(births: dict[Key, int], action: act.Action, born: int) -> None:
    """Note what the action creates, renames, moves and drops; relations are known elsewhere."""
    if isinstance(action, act.DropObjects):
        for name in action.names:
            births.pop(key_of(action.kind, name, action.relation), None)
        return
    named = named_by(action)
    if named is None or named[0] == RELATION:
        return
    if isinstance(action, act.Rename | act.SetSchema):
        before = births.pop(_former(action), None)
        if before is not None:
            births[named] = before
    else:
        births.setdefault(named, born)


def _former(action: act.Rename | act.SetSchema) -> Key:
    if isinstance(action, act.SetSchema):
        return key_of(action.kind, action.name)
    return key_of(action.kind, action.old, action.relation)

"""The code a statement runs: DO blocks, and functions and procedures of the history it calls."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.judge.births import key_of
from bot.judge.catalogue import Catalogue
from bot.sql import actions as act
from bot.sql.bodies import read_body
from bot.sql.read import actions_of

_DEEPEST = 5


@dataclass(frozen=True)
class Code:
    """What a body does; see `RunBlock` for the flags."""

    actions: tuple[act.Action, ...] = ()
    conditional: bool = False
    understood: bool = True


@dataclass(frozen=True)
class Run:
    """An action that is carried out; `inside` says that code does it."""

    action: act.Action
    inside: bool = False


def runs(
    actions: Iterable[act.Action], catalogue: Catalogue, depth: int = 0
) -> Iterator[Run | Code]:
    """Every action of a statement, with those of the code that it calls.

    A Code tells of code that was entered, before its actions. What a block finds done already is
    left out: it is there to be run twice.
    """
    inside = depth > 0
    for action in actions:
        if inside and _idle(catalogue, action):
            continue
        yield Run(action, inside)
        if isinstance(action, act.RunBlock):
            inside = True
            yield Code(conditional=action.conditional, understood=action.understood)
        for code in _called(action, catalogue) if depth < _DEEPEST else ():
            yield Code(conditional=code.conditional, understood=code.understood)
            yield from runs(code.actions, catalogue, depth + 1)


def runs_code(actions: Iterable[act.Action], catalogue: Catalogue) -> bool:
    return any(
        isinstance(each, act.RunBlock) or any(True for _ in _called(each, catalogue))
        for each in actions
    )


def _called(action: act.Action, catalogue: Catalogue) -> Iterator[Code]:
    names: tuple[str, ...] = ()
    if isinstance(action, act.Call):
        names = (action.name,)
    elif isinstance(action, act.Query) and action.functions and catalogue.functions:
        names = tuple(f"public.{name}" for name in action.functions)
    for name in names:
        function = catalogue.functions.get(name)
        if function:
            yield _code(function.body, function.language)
        elif isinstance(action, act.Call):
            yield Code(understood=False)


@lru_cache(maxsize=256)
def _code(body: str, language: str) -> Code:
    read = read_body(body, language)
    actions = tuple(each for inner in read.statements for each in actions_of(inner.statement))
    conditional = any(inner.conditional for inner in read.statements)
    return Code(actions, conditional, read.understood)


def _idle(catalogue: Catalogue, action: act.Action) -> bool:
    """Whether the action finds its work done: what it creates is there, what it drops is not."""
    found = _IDLE.get(type(action))
    return found is not None and found(catalogue, action)


def _drops_nothing(catalogue: Catalogue, action: act.DropObjects) -> bool:
    relations = ("TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE")
    if action.kind == "INDEX":
        return all(name not in catalogue.indexes for name in action.names)
    known = (catalogue.born(name) is not None for name in action.names)
    return action.kind in relations and not any(known)


def _renames_nothing(catalogue: Catalogue, action: act.Rename) -> bool:
    table = catalogue.tables.get(action.relation)
    if action.kind == "COLUMN" and table:
        return action.old not in table.columns
    if action.kind == "CONSTRAINT" and table:
        return action.old not in table.constraints
    return action.kind == "TABLE" and catalogue.born(action.old) is None


def _has_column(catalogue: Catalogue, action: act.AddColumn) -> bool:
    return catalogue.column(action.table, action.column.name) is not None


def _lacks_column(catalogue: Catalogue, action: act.DropColumn) -> bool:
    table = catalogue.tables.get(action.table)
    return table is not None and action.name not in table.columns


def _has_constraint(catalogue: Catalogue, action: act.AddConstraint) -> bool:
    return catalogue.constraint(action.table, action.constraint.name) is not None


def _lacks_constraint(catalogue: Catalogue, action: act.DropConstraint) -> bool:
    table = catalogue.tables.get(action.table)
    return table is not None and action.name not in table.constraints


def _has_value(catalogue: Catalogue, action: act.AddEnumValue) -> bool:
    enum = catalogue.enums.get(action.name)
    return enum is not None and action.value in enum.values


def _has_type(catalogue: Catalogue, action: act.CreateEnum | act.CreateDomain) -> bool:
    return key_of("TYPE", action.name) in catalogue.births


_IDLE: dict[type[act.Action], Callable[[Catalogue, Any], bool]] = {
    act.AddColumn: _has_column,
    act.AddConstraint: _has_constraint,
    act.AddEnumValue: _has_value,
    act.CreateDomain: _has_type,
    act.CreateEnum: _has_type,
    act.CreateIndex: lambda catalogue, action: action.name in catalogue.indexes,
    act.CreateTable: lambda catalogue, action: catalogue.born(action.table) is not None,
    act.CreateTrigger: lambda catalogue, action: (action.table, action.name) in catalogue.triggers,
    act.DropColumn: _lacks_column,
    act.DropConstraint: _lacks_constraint,
    act.DropObjects: _drops_nothing,
    act.Rename: _renames_nothing,
}

"""Reads `-- migration-bot: batch size=5000 pause=100ms max_lag=10s` and the change below it.

The change is cut at its own keywords and nothing of it is printed anew: what runs is what its
author wrote, with more conditions. PostgreSQL's grammar then has to read the same out of the batch
as out of the statement, so that a wrong cut cannot go unnoticed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.migrations.statement import Position, Statement
from bot.core.rollouts.batching import MOST_ROWS, Batching, DataChange
from bot.sql.changes import NotBatched, data_change
from bot.sql.directives import Directive, directives_of, statement_below
from bot.sql.expressions import nodes, strings_of

VERB = "batch"

_OPTION = re.compile(r"(?P<name>[a-z_]+)=(?P<value>\S+)")
_TIME = re.compile(r"(?P<number>[0-9]{1,9})(?P<unit>ms|s|min)")
_MILLISECONDS = {"ms": 1, "s": 1_000, "min": 60_000}
_OPENING = {"BEGIN", "START TRANSACTION"}
_CLOSING = {"COMMIT", "END", "ROLLBACK"}
# What a session may have set without a batch meaning something else.
_HARMLESS = {"lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"}


@dataclass(frozen=True)
class Batched:
    """A statement that runs in batches, and how."""

    change: DataChange
    batching: Batching


@dataclass(frozen=True)
class BatchProblem:
    """Why a change cannot run in batches as its author wants. `statement` is its index."""

    message: str
    position: Position
    statement: int | None = None


class _Mistaken(Exception):
    """What is wrong with the words of a directive."""


def read_batches(
    text: str, statements: Sequence[Statement]
) -> tuple[Mapping[int, Batched], tuple[BatchProblem, ...]]:
    """The batched statements of a file by index, and what keeps others from being so."""
    found: dict[int, Batched] = {}
    problems: list[BatchProblem] = []
    for directive in directives_of(text):
        if directive.verb != VERB:
            continue
        index = statement_below(directive.position, statements)
        try:
            if index in found:
                raise _Mistaken("Two comments say how this statement is batched.")
            read = _read(directive, index, statements)
            if index is not None:
                found[index] = read
        except (_Mistaken, NotBatched) as mistake:
            problems.append(BatchProblem(str(mistake), directive.position, index))
    return found, tuple(problems)


def batched_in(text: str, statements: Sequence[Statement]) -> frozenset[int]:
    """The indexes of the statements that run in batches."""
    return frozenset(read_batches(text, statements)[0])


def _read(directive: Directive, index: int | None, statements: Sequence[Statement]) -> Batched:
    batching = _batching(directive.rest)
    if index is None:
        raise _Mistaken("No statement stands below the comment that asks for batches.")
    place = next(at for at, each in enumerate(statements) if each.index == index)
    if _inside_a_block(statements[:place]):
        raise _Mistaken("Batches commit one by one, and BEGIN has opened a transaction here.")
    if setting := _set_before(statements[:place]):
        verb = "is called" if setting.endswith("()") else "is set"
        raise _Mistaken(
            f"{setting} {verb} above, and would not hold in the batches: each is a transaction "
            "of its own in a fresh session. Name the schema in the statement instead."
        )
    return Batched(data_change(statements[place]), batching)


def _batching(written: str) -> Batching:
    batching = Batching()
    seen: set[str] = set()
    for word in written.split():
        match = _OPTION.fullmatch(word)
        if match is None or match["name"] not in ("size", "pause", "max_lag"):
            raise _Mistaken(f"“{word}” says nothing about batches: use size=, pause= or max_lag=.")
        name, value = match["name"], match["value"]
        if name in seen:
            raise _Mistaken(f"“{name}” stands there twice.")
        seen.add(name)
        if name == "size":
            batching = replace(batching, size=_size(value))
        elif name == "pause":
            batching = replace(batching, pause=_time(name, value))
        else:
            batching = replace(batching, max_lag=_time(name, value))
    return batching


def _size(value: str) -> int:
    if re.fullmatch("[0-9]{1,9}", value) and 1 <= int(value) <= MOST_ROWS:
        return int(value)
    raise _Mistaken(f"“size={value}” is no number of rows from 1 to {MOST_ROWS:,}.")


def _time(name: str, value: str) -> int:
    match = _TIME.fullmatch(value)
    if match is None:
        raise _Mistaken(f"“{name}={value}” is no time: write it as {name}=100ms or {name}=2s.")
    return int(match["number"]) * _MILLISECONDS[match["unit"]]


def _inside_a_block(before: Sequence[Statement]) -> bool:
    inside = False
    for each in before:
        inside = each.kind in _OPENING or (inside and each.kind not in _CLOSING)
    return inside


def _set_before(before: Sequence[Statement]) -> str:
    return next(_settings(before), "")


def _settings(before: Sequence[Statement]) -> Iterator[str]:
    for each in before:
        name = each.tree.get("name", "")
        lasting = each.node == "VariableSetStmt" and not each.tree.get("is_local")
        sets = str(each.tree.get("kind", "")).startswith("VAR_SET")
        if lasting and sets and name not in _HARMLESS:
            yield name or each.kind
        if each.node == "SelectStmt" and any(_is_set_config(*found) for found in nodes(each.tree)):
            yield "set_config()"


def _is_set_config(node: str, fields: Mapping[str, Any]) -> bool:
    """As pg_dump sets the search path."""
    return node == "FuncCall" and strings_of(fields.get("funcname"))[-1:] == ("set_config",)

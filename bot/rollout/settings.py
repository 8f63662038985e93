"""What a file sets for its session, which lasts until its end and never longer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.migrations.statement import Statement
from bot.sql.expressions import nodes, strings_of

_OPENING = re.compile(r"(?:BEGIN(?:\s+(?:WORK|TRANSACTION)\b)?|START\s+TRANSACTION)", re.IGNORECASE)

_UTF8 = re.compile(r"utf-?8|unicode")
_TRUE = {"on", "true", "yes", "t", "y", "1"}
_LIMITS = {"lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"}
_CALLING = {"SelectStmt", "DoStmt", "CallStmt", "ExecuteStmt"}


def sets_session(statement: Statement) -> bool:
    """SET, RESET, SET ROLE, and set_config() as pg_dump writes it; nothing that is LOCAL."""
    if statement.node == "VariableSetStmt":
        return not statement.tree.get("is_local") and statement.tree.get("name") != "TRANSACTION"
    return statement.node == "SelectStmt" and any(
        node == "FuncCall" and _sets(fields) for node, fields in nodes(statement.tree)
    )


def lifting(statements: Sequence[Statement]) -> frozenset[int]:
    """The places after which the target's timeouts may be lifted, and have to be set again: that is
    a query, which may not come before a SET TRANSACTION."""
    places: set[int] = set()
    lifted = False
    for place, each in enumerate(statements):
        lifted = lifted or _lifts(each)
        last = place + 1 == len(statements)
        if lifted and (last or statements[place + 1].node != "VariableSetStmt"):
            places.add(place)
            lifted = False
    return frozenset(places)


def _lifts(statement: Statement) -> bool:
    """SET and RESET of a timeout, RESET ALL, and whatever calls functions or runs code."""
    if statement.node == "VariableSetStmt":
        name = str(statement.tree.get("name", "")).lower()
        return name in _LIMITS or statement.tree.get("kind") == "VAR_RESET_ALL"
    return statement.node in _CALLING or "set_config" in statement.sql.lower()


def starts_afresh(statement: Statement) -> bool:
    """DISCARD ALL. It is not run, as it would let go of the migration lock: a segment ends there,
    and the next has its session as it was at the beginning."""
    return statement.node == "DiscardStmt" and statement.tree.get("target") == "DISCARD_ALL"


def names_encoding(statement: Statement) -> bool:
    """SET client_encoding and SET NAMES. It is not run: the file is read as UTF-8, and every
    statement sent as that. Prisma sends the file at once, so that there it comes too late."""
    sets = statement.node == "VariableSetStmt"
    return sets and str(statement.tree.get("name")).lower() == "client_encoding"


def chooses_encoding(statement: Statement) -> bool:
    """The same by set_config() or in a DO block: there it would hold for what follows."""
    if statement.node not in _CALLING:
        return False
    text = statement.sql.lower()
    sets = "set_config" in text or statement.node == "DoStmt"
    return sets and "client_encoding" in text and not _UTF8.search(text)


def makes_read_only(statement: Statement) -> bool:
    """BEGIN READ ONLY, or SET of the same for the transaction that is open."""
    tree = statement.tree
    if statement.node == "TransactionStmt":
        return _asks_read_only(tree.get("options", ()))
    if statement.node != "VariableSetStmt":
        return False
    name, values = str(tree.get("name", "")).lower(), tree.get("args", ())
    if name == "transaction":
        return _asks_read_only(values)
    return name == "transaction_read_only" and any(map(is_on, values))


def is_on(value: Mapping[str, Any]) -> bool:
    """Whether a setting's value is one that PostgreSQL takes for true."""
    constant = value.get("A_Const", {})
    word = constant.get("sval", {}).get("sval", constant.get("ival", {}).get("ival", ""))
    return str(word).lower() in _TRUE


def chooses_modes(statement: Statement) -> bool:
    """BEGIN with an isolation level, READ ONLY or DEFERRABLE."""
    return bool(statement.tree.get("options"))


def modes_of(statement: Statement) -> Statement:
    """The same asked for in a transaction that is open already."""
    sql = _OPENING.sub("SET TRANSACTION", statement.sql, count=1)
    tree = {"name": "TRANSACTION"}
    return replace(statement, sql=sql, kind="SET", node="VariableSetStmt", tree=tree)


def _asks_read_only(options: Sequence[Mapping[str, Any]]) -> bool:
    given = (each.get("DefElem", {}) for each in options)
    wanted = [each for each in given if each.get("defname") == "transaction_read_only"]
    return any(each["arg"]["A_Const"]["ival"].get("ival") for each in wanted)


def _sets(call: Mapping[str, Any]) -> bool:
    if strings_of(call.get("funcname"))[-1:] != ("set_config",):
        return False
    *_, local = call["args"]
    return not local.get("A_Const", {}).get("boolval", {}).get("boolval", False)

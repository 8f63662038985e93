"""What the functions do that a statement calls, beyond what it says itself."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from bot.core.migrations.caveat import Caveat, CaveatKind
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.catalogue.schema import Function
from bot.judge.caveats.commands import IDLE
from bot.judge.caveats.quiet import is_quiet
from bot.judge.effects.collector import Collector
from bot.sql.bodies import Body, read_body
from bot.sql.expressions import nodes, strings_of
from bot.sql.read_data import strings_in

_DEEPEST = 5
_PLACED = {"setval", "nextval"}
_LARGE = {
    "lo_creat", "lo_create", "lo_from_bytea", "lo_import", "lo_put", "lowrite", "lo_open",
    "lo_close", "lo_lseek", "lo_lseek64", "lo_tell", "lo_tell64", "loread", "lo_export",
}  # fmt: skip
_LARGE_GONE = {"lo_unlink", "lo_truncate", "lo_truncate64"}
_SYSTEM = {"pg_catalog", "information_schema"}


def of_functions(
    tree: Any, catalogue: Catalogue, *, fresh_from: int, placing: bool
) -> Iterator[Caveat]:
    """What is called anywhere in a tree. With `placing` it matters that a sequence gives a number:
    nothing else is done with it."""
    for name, fields in _calls(tree):
        bare = name.rpartition(".")[2]
        if _made(name, catalogue) is None and bare in _PLACED:
            if placing or bare == "setval":
                yield from _place(fields, catalogue, fresh_from)
        else:
            yield from _of_one(name, catalogue)


def _of_one(name: str, catalogue: Catalogue) -> Iterator[Caveat]:
    made, bare = _made(name, catalogue), name.rpartition(".")[2]
    if made is not None:
        yield from _of_made(made, catalogue)
    elif bare in _LARGE_GONE:
        yield Caveat(CaveatKind.GONE, f"large objects, by {bare}()")
    elif bare in _LARGE:
        yield Caveat(CaveatKind.CHANGED, "large objects")
    elif not _is_known(name):
        why = f"it calls {_shown(name)}(), and what that does is not in the history"
        yield Caveat(CaveatKind.UNKNOWN, why)


def _of_made(function: Function, catalogue: Catalogue) -> Iterator[Caveat]:
    shown = _shown(function.name)
    if is_quiet_body(function, catalogue):
        return
    if function.overloaded:
        why = f"it calls {shown}(), and there are several of that name"
        yield Caveat(CaveatKind.UNKNOWN, why)
    elif not function.body or not _body(function).understood:
        why = f"it calls {shown}(), whose code does not show what it does"
        yield Caveat(CaveatKind.UNKNOWN, why)
    else:
        yield Caveat(CaveatKind.CHANGED, f"what {shown}() writes")


def is_quiet_body(function: Function, catalogue: Catalogue, depth: int = 0) -> bool:
    """Whether it is seen to change nothing: PostgreSQL itself lets a stable function write
    nothing, but what it calls may."""
    body = _body(function)
    if not function.body:
        # BEGIN ATOMIC, or a body that is no text.
        return False
    if function.overloaded or not body.understood or depth > _DEEPEST:
        return False
    for each in body.statements:
        found = each.statement
        if found.node not in IDLE or any(node in _CHANGES for node, _ in nodes(found.tree)):
            return False
        if not all(_is_quiet_call(name, catalogue, depth) for name, _ in _calls(found.tree)):
            return False
    return True


_CHANGES = {"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "IntoClause"}


def _is_quiet_call(name: str, catalogue: Catalogue, depth: int) -> bool:
    made = _made(name, catalogue)
    if made is not None:
        return is_quiet_body(made, catalogue, depth + 1)
    return _is_known(name)


def _is_known(name: str) -> bool:
    """By its name; one that somebody put into a schema of their own may be any."""
    schema, _, bare = name.rpartition(".")
    return is_quiet(bare) and schema in {"", "public", "extensions", *_SYSTEM}


def _made(name: str, catalogue: Catalogue) -> Function | None:
    return catalogue.functions.get(name if "." in name else f"public.{name}")


def _calls(tree: Any) -> Iterator[tuple[str, Any]]:
    for node, fields in nodes(tree):
        if node == "FuncCall":
            yield ".".join(strings_of(fields.get("funcname"))[-2:]), fields


@lru_cache(maxsize=256)
def _body(function: Function) -> Body:
    return read_body(function.body, function.language)


def _place(fields: Any, catalogue: Catalogue, fresh_from: int) -> Iterator[Caveat]:
    """Where a sequence goes on. One that the migration has made goes with it."""
    found = Collector(catalogue, postgres=18, fresh_from=fresh_from)
    named = [*found.sequences_in(strings_in(fields.get("args")))]
    if named and all(map(found.new, named)):
        return
    about = ", ".join(f"sequence {each}" for each in named) or "a sequence"
    yield Caveat(CaveatKind.CHANGED, f"the place of {about}")


def _shown(name: str) -> str:
    return name.removeprefix("public.").removeprefix("pg_catalog.")

"""PostgreSQL's own grammar: libpg_query, from the shared library that postgast's wheel carries.

Only postgast's bindings are loaded. The package itself imports protobuf, which takes longer than
a whole check and stops at a hundred levels of nesting; the JSON tree does neither.
"""

import ctypes
import importlib.util
import json
import sys
import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast

from bot.sql.deep_json import decode

# The printer of the tree recurses in C, and a stack that is too small ends the process. The deepest
# known texts, `a[a[a[…` and `1+1+1…`, take 68 bytes of stack for each byte of SQL.
_STACK_PER_BYTE = 128
# What Python itself and its reader of JSON may need besides; that one recurses in C as well.
_STACK_SPARE = 4 * 1024 * 1024
# No stack is larger by itself on the systems that are known, except where it has no limit at all.
_STACK_USUAL = 8 * 1024 * 1024
_PAGE = 64 * 1024
# Deep JSON is read in Python, and its tree walked step by step: some 80,000 terms of a sum.
_MOST_DEEP = 16 * 1024 * 1024

T = TypeVar("T")

_stack_size_is_set_for_the_process = threading.Lock()


class Refused(Exception):
    """The grammar's answer to text it cannot read; `offset` counts characters from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooLarge(Exception):
    """The tree, or the stack its text needs, is larger than a check may use."""


def raw_statements(sql: bytes, *, most: int) -> list[dict[str, Any]]:
    """The statements of a script as `{"stmt": {Node: fields}, "stmt_location", "stmt_len"}`.

    Raises Refused for text that is no SQL, and TooLarge where the tree's JSON would pass `most`
    bytes. The text must not contain a NUL, which would end it for C.
    """
    stack = _STACK_SPARE + _STACK_PER_BYTE * len(sql)
    if stack <= _stack_here():
        return _statements(sql, most)
    return _on_a_large_stack(partial(_statements, sql, most), stack)


def _statements(sql: bytes, most: int) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", _decoded(_parse(sql, most))["stmts"])


def _decoded(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except RecursionError:
        if len(answer) > _MOST_DEEP:
            raise TooLarge from None
        return decode(answer.decode("utf-8", "surrogatepass"))


def _parse(sql: bytes, most: int) -> bytes:
    library = _library()
    result = library.pg_query_parse(sql)
    try:
        if result.error:
            error = result.error.contents
            raise Refused(error.message.decode("utf-8", "replace"), max(error.cursorpos - 1, 0))
        tree = cast(bytes, result.parse_tree)
        if len(tree) > most:
            raise TooLarge
        return tree
    finally:
        library.pg_query_free_parse_result(result)


def _stack_here() -> int:
    """The stack that may be counted on here. A thread has as little as 128 kB on some systems."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        return 0
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_STACK)
    return _STACK_USUAL if limit == resource.RLIM_INFINITY else min(limit, _STACK_USUAL)


def _on_a_large_stack(work: Callable[[], T], stack: int) -> T:
    outcome: list[T] = []
    failure: list[Exception] = []

    def run() -> None:
        try:
            outcome.append(work())
        except Exception as error:
            failure.append(error)

    _library()  # Loaded here, because an import in a thread can wait for one in this thread.
    _start(threading.Thread(target=run, daemon=True), -(-stack // _PAGE) * _PAGE).join()
    if failure:
        raise failure[0]
    return outcome[0]


def _start(thread: threading.Thread, stack: int) -> threading.Thread:
    with _stack_size_is_set_for_the_process:
        before = threading.stack_size(stack)
        try:
            thread.start()
        except RuntimeError as error:
            raise TooLarge from error
        finally:
            threading.stack_size(before)
    return thread


@cache
def _library() -> ctypes.CDLL:
    package = importlib.util.find_spec("postgast")
    if package is None or not package.submodule_search_locations:
        raise ImportError("postgast is not installed", name="postgast")
    path = Path(package.submodule_search_locations[0]) / "native.py"
    spec = importlib.util.spec_from_file_location("bot.sql._postgast_native", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded", name="postgast.native")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return cast(ctypes.CDLL, module.lib)

"""PostgreSQL's own grammar: libpg_query, from the shared library that postgast's wheel carries.

Only postgast's bindings are loaded. The package itself imports protobuf, which takes longer than
a whole check and stops at a hundred levels of nesting; the JSON tree does neither.
"""

import ctypes
import importlib.util
import json
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any, cast

from bot.sql.deep_json import decode

# The printer of the tree recurses in C. Its deepest known text, `1+1+1…`, takes 131 bytes of stack
# for two bytes of SQL; 128 for each byte leaves a wide margin.
_STACK_PER_BYTE = 128
_STACK_SPARE = 8 * 1024 * 1024
_SMALL = 8 * 1024
_PAGE = 64 * 1024

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
    parse = _parse if len(sql) <= _SMALL else _parse_on_a_large_stack
    answer = parse(sql, most)
    return cast("list[dict[str, Any]]", _decoded(answer)["stmts"])


def _decoded(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except RecursionError:
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


def _parse_on_a_large_stack(sql: bytes, most: int) -> bytes:
    outcome: list[bytes | Exception] = []

    def run() -> None:
        try:
            outcome.append(_parse(sql, most))
        except Exception as error:
            outcome.append(error)

    _library()  # Loaded here, because an import in a thread can wait for one in this thread.
    wanted = _STACK_SPARE + _STACK_PER_BYTE * len(sql)
    _start(threading.Thread(target=run, daemon=True), -(-wanted // _PAGE) * _PAGE).join()
    if isinstance(outcome[0], Exception):
        raise outcome[0]
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

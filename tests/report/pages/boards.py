"""Boards for tests of the pages, and the pages of them by their paths."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from bot.core.board.board import Board
from bot.core.board.schema import SchemaBoard
from bot.core.migrations.statement import Statement
from bot.core.schemas.schema import Definition, Snapshot
from bot.report.pages.site import site
from docs.pictures.board import as_predicted, history, judged, many, sample_board

HOSTILE = "</script><img src=x onerror=y>\"'`</style>{{ 7*7 }}\u202e--></pre>"


@cache
def board() -> Board:
    return sample_board(judged(history()))


def column(type: str, position: int) -> Definition:
    return (("type", type), ("not null", True), ("position", position))


BEFORE: Snapshot = {
    ("table", "public.users"): (("persistence", "permanent"),),
    ("column", "public.users.id"): column("uuid", 1),
    ("constraint", "public.users.users_pkey"): (("definition", "PRIMARY KEY (id)"),),
}
AFTER: Snapshot = {
    **BEFORE,
    ("table", "public.verifications"): (("persistence", "permanent"),),
    ("column", "public.verifications.user_id"): column("uuid", 1),
    ("constraint", "public.verifications.fk"): (
        ("definition", "FOREIGN KEY (user_id) REFERENCES public.users(id)"),
    ),
}


@cache
def drawn_board() -> Board:
    """One with every picture there is."""
    schema = SchemaBoard(BEFORE, AFTER, "production")
    return sample_board(as_predicted(judged(history())), schema)


@cache
def big_board() -> Board:
    return many(1000)


def pages_of(*boards: Board) -> dict[str, str]:
    return dict(site(boards, lambda text: text))


@cache
def sample_pages() -> Mapping[str, str]:
    return MappingProxyType(pages_of(board()))


@cache
def drawn_pages() -> Mapping[str, str]:
    return MappingProxyType(pages_of(drawn_board()))


def poisoned(value: Any) -> Any:
    """The same value with something hostile at the end of every text in it, however deep."""
    if isinstance(value, Statement):
        return replace(value, sql=poisoned(value.sql), kind=poisoned(value.kind))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: poisoned(getattr(value, each.name)) for each in _own(value)}
        )
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, Mapping):
        return {_key(key): poisoned(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(poisoned(each) for each in value)
    return value


def _own(value: Any) -> list[Any]:
    return [each for each in fields(value) if each.init]


def _key(key: Any) -> Any:
    """What a record calls its parts stays; names of migrations and objects do not."""
    if isinstance(key, tuple):
        return poisoned(key)
    return key if isinstance(key, str) and key.isidentifier() else poisoned(key)

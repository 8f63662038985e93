"""The file of a target's sizes: what `stats` writes and `check` reads.

Its form is a contract, docs/reference/stats.schema.json. Reading trusts nothing: the file may have
been edited by hand.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from bot.core.rehearsals.sizes import ColumnSize, RelationKind, RelationSize, RowSource, Sizes
from bot.core.targets.url import DEFAULT_SCHEMA
from bot.errors import UsageError

SCHEMA = 1

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)


def dump(sizes: Sizes) -> str:
    """The file's text: the same for the same sizes, with a line for each relation, so that a
    difference between two of them can be read."""
    head = {
        "schema": SCHEMA,
        "target": sizes.target,
        "taken_at": sizes.taken_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "postgres": str(sizes.postgres),
        "default_schema": sizes.schema,
        "counted_seconds": sizes.seconds,
    }
    lines = [f"  {json.dumps(key)}: {_text(value)}," for key, value in head.items()]
    rows = ",\n".join(f"    {_text(_row(each))}" for each in sizes.relations)
    listed = f"[\n{rows}\n  ]" if rows else "[]"
    return "\n".join(["{", *lines, f'  "relations": {listed}', "}", ""])


def load(text: str, *, path: str) -> Sizes:
    """Read such a text. Raises UsageError that says what is wrong with it."""
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(path, "it is not JSON") from None
    if not isinstance(loaded, dict) or loaded.get("schema") != SCHEMA:
        raise _wrong(path, f'it does not say "schema": {SCHEMA}')
    try:
        return _sizes(loaded)
    except _Unfit as unfit:
        raise _wrong(path, str(unfit)) from None


class _Unfit(ValueError):
    """What is wrong with a value of the file, in words."""


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _row(size: RelationSize) -> dict[str, Any]:
    row = {
        "relation": size.relation,
        "kind": size.kind.value,
        "rows": size.rows,
        "rows_from": size.rows_from.value if size.rows_from else None,
        "bytes": size.bytes,
        "heap_bytes": size.heap,
        "index_bytes": size.indexes,
        "writes_per_second": size.writes,
        "partition_of": size.partition_of,
        "measured": size.measured,
    }
    return row | ({"columns": [_column_row(each) for each in size.columns]} if size.columns else {})


def _column_row(column: ColumnSize) -> dict[str, Any]:
    return {
        "column": column.name,
        "null_fraction": column.nulls,
        "distinct": column.distinct,
        "average_width": column.width,
    }


def _sizes(loaded: Mapping[str, Any]) -> Sizes:
    relations = [_relation(each) for each in _get(loaded, "relations", list, None)]
    if len({each.relation for each in relations}) < len(relations):
        raise _Unfit("a relation is in it twice")
    postgres = _get(loaded, "postgres", str, None)
    if not postgres.isascii() or not postgres.isdigit():
        raise _Unfit('"postgres" is not a major version')
    return Sizes(
        target=_get(loaded, "target", str, None),
        taken_at=_time(_get(loaded, "taken_at", str, None)),
        postgres=int(postgres[:6]),
        relations=tuple(sorted(relations, key=lambda each: each.relation)),
        schema=_get(loaded, "default_schema", str, DEFAULT_SCHEMA),
        seconds=_number(loaded, "counted_seconds") or 0.0,
    )


def _relation(given: object) -> RelationSize:
    if not isinstance(given, dict):
        raise _Unfit('"relations" holds something that is no relation')
    rows = _number(given, "rows")
    source = _get(given, "rows_from", str, "")
    return RelationSize(
        relation=_get(given, "relation", str, None),
        kind=_one_of(RelationKind, _get(given, "kind", str, RelationKind.TABLE.value)),
        bytes=_count(given, "bytes"),
        heap=_count(given, "heap_bytes"),
        indexes=_count(given, "index_bytes"),
        rows=None if rows is None else int(rows),
        rows_from=_one_of(RowSource, source) if source else None,
        writes=_number(given, "writes_per_second"),
        partition_of=_get(given, "partition_of", str, "") or None,
        measured=_get(given, "measured", bool, True),
        columns=tuple(_column(each) for each in _get(given, "columns", list, [])),
    )


def _column(given: object) -> ColumnSize:
    if not isinstance(given, dict):
        raise _Unfit('"columns" holds something that is no column')
    nulls = _number(given, "null_fraction") or 0.0
    distinct = given.get("distinct", 0.0)
    if nulls > 1:
        raise _Unfit('"null_fraction" is not a fraction')
    if not isinstance(distinct, int | float) or isinstance(distinct, bool):
        raise _Unfit('"distinct" is not a count')
    if not -1 <= distinct < 1e18:
        raise _Unfit('"distinct" is neither a count nor less a fraction')
    width = int(_number(given, "average_width") or 0)
    return ColumnSize(_get(given, "column", str, None), float(nulls), float(distinct), width)


def _get(given: Mapping[str, Any], key: str, kind: type[Value], default: Value | None) -> Value:
    value = given.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, kind):
        raise _Unfit(f'"{key}" is missing or of the wrong kind')
    return value


def _count(given: Mapping[str, Any], key: str) -> int:
    number = _number(given, key)
    if number is None:
        raise _Unfit(f'"{key}" is missing')
    return int(number)


def _number(given: Mapping[str, Any], key: str) -> float | None:
    value = given.get(key)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e18:
        raise _Unfit(f'"{key}" is not a count')
    return value


def _one_of(kinds: type[Word], value: str) -> Word:
    try:
        return kinds(value)
    except ValueError:
        known = ", ".join(each.value for each in kinds)
        raise _Unfit(f"{value!r} is none of {known}") from None


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unfit('"taken_at" is not a time') from None
    raise _Unfit('"taken_at" does not name its time zone')


def _wrong(path: str, reason: str) -> UsageError:
    return UsageError(
        f"{path} is not a file of sizes: {reason}.",
        hint=f"Write it anew: migration-bot stats TARGET --output {path}",
    )

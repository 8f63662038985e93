"""Keys that still work and will go away: what takes the place of each is told, and never refused.

A field is marked where it stands: `Field(json_schema_extra=going("2.3", "write x instead"))`.
Editors then strike the key out, and every run that reads the file says so in a line.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from bot.config.parts import key_of

_INSTEAD = "deprecationMessage"


def going(since: str, instead: str) -> JsonDict:
    """What JSON Schema says of such a key, with the message in the word that editors know."""
    return {"deprecated": True, _INSTEAD: f"deprecated since {since}: {instead}"}


def notices_of(path: str, file: BaseModel) -> tuple[str, ...]:
    """A sentence for each such key that the file has."""
    return tuple(f"{path}: {each}." for each in _in_part(file, ""))


def _in_part(part: BaseModel, place: str) -> Iterator[str]:
    for name, field in type(part).model_fields.items():
        if name in part.model_fields_set:
            where = f"{place}{key_of(name, field)}"
            if instead := instead_of(field):
                yield f"{where} is {instead}"
            yield from _below(getattr(part, name), where)


def _below(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from _in_part(value, f"{place}.")
    elif isinstance(value, Mapping | list):
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, each in pairs:
            yield from _below(each, f"{place}.{key}")


def instead_of(field: FieldInfo) -> str:
    """Since when a key will go away, and what to write then; "" for all others."""
    extra = field.json_schema_extra
    return str(extra.get(_INSTEAD, "")) if isinstance(extra, Mapping) else ""

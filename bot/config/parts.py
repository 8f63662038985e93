"""What the parts of the configuration file are made of."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from bot.core.rehearsals.sizes import SIZE_PATTERN

EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Bytes = Annotated[str, Field(pattern=SIZE_PATTERN)]
Milliseconds = Annotated[int, Field(ge=0, le=86_400_000)]


class StrictModel(BaseModel):
    """A part of the file: what is unknown, or of another type, is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


def nearest(name: str, known: Collection[str]) -> str:
    """The nearest of the names that are known, as the end of a sentence; "" if none is near."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else ""


def keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> Collection[str]:
    """The keys that are known where the last of a place stands."""
    at = 0
    while at < len(place) - 1:
        field = model.model_fields.get(str(place[at]))
        found = part_in(field.annotation) if field else None
        if found is None:
            break
        model, names = found
        at += 1 + names
    return [key_of(name, field) for name, field in model.model_fields.items()]


def key_of(name: str, field: FieldInfo) -> str:
    """What a field is called in the file, where it may have a name that Python keeps to itself."""
    return field.alias or name


def part_in(annotation: Any) -> tuple[type[BaseModel], int] | None:
    """The part of the file that a key holds, and how many names or numbers lead to it: of
    `dict[str, TargetFile] | None` the TargetFile, and one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, 0
    for each in get_args(annotation):
        if (found := part_in(each)) is not None:
            model, names = found
            return model, names + (get_origin(annotation) in (dict, list))
    return None

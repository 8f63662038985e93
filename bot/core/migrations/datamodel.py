"""A Prisma schema as far as it says what is in the database: tables, columns, enums, the source.

It is read by its lines, as Prisma's own grammar has it. What does not look like that grammar makes
the whole schema unreadable: half of it would be a guess.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_BLOCK = re.compile(r"(model|view|enum|type|datasource|generator)\s+(\w+)\s*\{$")
_FIELD = re.compile(r"(\w+)\s+(Unsupported\(\s*\"(?:[^\"\\]|\\.)*\"\s*\)|\w+)(\?|\[\])?\s*(@.*)?$")
_SETTING = re.compile(r"(\w+)\s*=\s*(.+)$")
_VALUE = re.compile(r"(\w+)\s*(@.*)?$")
_TEXT = r'"((?:[^"\\]|\\.)*)"'
_MAP = re.compile(rf"@map\(\s*(?:name\s*:\s*)?{_TEXT}")
_BLOCK_MAP = re.compile(rf"@@map\(\s*(?:name\s*:\s*)?{_TEXT}")
_BLOCK_SCHEMA = re.compile(rf"@@schema\(\s*(?:map\s*:\s*)?{_TEXT}")
_PIECES = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|[^"/]+|.', re.DOTALL)
_SCALARS = frozenset(
    ("String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes")
)


@dataclass(frozen=True)
class Field:
    """`attributes` are what follows the type, without spaces outside texts."""

    name: str
    type: str
    optional: bool = False
    repeated: bool = False
    attributes: str = ""

    @property
    def column(self) -> str:
        return _mapped(_MAP, self.attributes) or self.name


@dataclass(frozen=True)
class Model:
    """A model or a view. `attributes` are those of the whole block."""

    name: str
    path: str
    line: int
    fields: tuple[Field, ...] = ()
    attributes: tuple[str, ...] = ()
    view: bool = False

    @property
    def table(self) -> str:
        """`schema.name`, as a catalogue names it."""
        joined = "\n".join(self.attributes)
        schema = _mapped(_BLOCK_SCHEMA, joined) or "public"
        return f"{schema}.{_mapped(_BLOCK_MAP, joined) or self.name}"


@dataclass(frozen=True)
class PrismaEnum:
    """An enum with its values as the database has them."""

    name: str
    path: str
    line: int
    type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """The datasource: what is written behind each of its keys, and the lines they stand on."""

    path: str
    settings: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """The value of a key that is one plain text; None for anything else."""
        match = re.fullmatch(_TEXT, self.settings.get(key, ""))
        return match[1] if match else None


@dataclass(frozen=True)
class Datamodel:
    models: tuple[Model, ...] = ()
    enums: tuple[PrismaEnum, ...] = ()
    source: Source | None = None

    def columns_of(self, model: Model) -> tuple[Field, ...]:
        """The fields that are columns: of a scalar or an enum, and not a relation."""
        enums = {each.name for each in self.enums}
        return tuple(
            each
            for each in model.fields
            if each.type in _SCALARS or each.type in enums or each.type.startswith("Unsupported")
        )


def read_datamodel(schemas: Mapping[str, str]) -> Datamodel | None:
    """The schema of all files together; None if it cannot be read, or has not one datasource."""
    return _datamodel(tuple(schemas.items()))


@lru_cache(maxsize=4)
def _datamodel(schemas: tuple[tuple[str, str], ...]) -> Datamodel | None:
    """Remembered: the base's schema is nearly always the branch's, and several rules ask."""
    found = _Found()
    for path, text in schemas:
        if not _read(path, text, found):
            return None
    names = [model.name for model in found.models] + [enum.name for enum in found.enums]
    if len(found.sources) != 1 or len(set(names)) != len(names):
        return None
    return Datamodel(tuple(found.models), tuple(found.enums), found.sources[0])


@dataclass
class _Found:
    models: list[Model] = field(default_factory=list)
    enums: list[PrismaEnum] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def _read(path: str, text: str, found: _Found) -> bool:
    lines = _lines(text)
    for opening in lines:
        match = _BLOCK.fullmatch(opening.text)
        body = _body(lines)
        if match is None or body is None:
            return False
        if not _take(match[1], match[2], path, opening.number, body, found):
            return False
    return True


def _body(lines: Iterator[_Line]) -> list[_Line] | None:
    """The lines up to the closing brace; None if there is none."""
    body: list[_Line] = []
    for each in lines:
        if each.text == "}":
            return body
        body.append(each)
    return None


def _take(kind: str, name: str, path: str, line: int, body: Sequence[_Line], found: _Found) -> bool:
    blocks = tuple(_compact(each.text) for each in body if each.text.startswith("@@"))
    inside = [each for each in body if not each.text.startswith("@@")]
    if kind in ("model", "view"):
        matches = [_FIELD.fullmatch(each.text) for each in inside]
        fields = tuple(_field(match) for match in matches if match)
        found.models.append(Model(name, path, line, fields, blocks, kind == "view"))
        return all(matches)
    if kind == "enum":
        values = [_VALUE.fullmatch(each.text) for each in inside]
        names = tuple(_mapped(_MAP, each[2] or "") or each[1] for each in values if each)
        found.enums.append(PrismaEnum(name, path, line, _type_of(name, blocks), names))
        return all(values)
    if kind == "datasource":
        settings = [(each.number, _SETTING.fullmatch(each.text)) for each in inside]
        known = [(number, match) for number, match in settings if match]
        found.sources.append(
            Source(
                path,
                {match[1]: match[2].strip() for _, match in known},
                {match[1]: number for number, match in known},
            )
        )
        return len(known) == len(settings)
    return True


def _type_of(name: str, blocks: Sequence[str]) -> str:
    joined = "\n".join(blocks)
    schema = _mapped(_BLOCK_SCHEMA, joined) or "public"
    return f"{schema}.{_mapped(_BLOCK_MAP, joined) or name}"


def _field(match: re.Match[str]) -> Field:
    return Field(match[1], match[2], match[3] == "?", match[3] == "[]", _compact(match[4] or ""))


def _mapped(pattern: re.Pattern[str], attributes: str) -> str | None:
    """The name a `@map` gives; `@@map` is none of a field's."""
    match = pattern.search(attributes)
    return match[1].replace('\\"', '"') if match else None


def _lines(text: str) -> Iterator[_Line]:
    """Lines without comments; a bracket that is open at the end of a line goes on with the next."""
    number, start, current, depth = 1, 1, "", 0
    for piece in [*_PIECES.findall(text.removeprefix("\ufeff")), "\n"]:
        if piece.startswith(("//", "/*")):
            number += piece.count("\n")
            continue
        parts = [piece] if piece.startswith('"') else re.split(r"(\n)", piece)
        for part in parts:
            if part != "\n":
                depth += 0 if part.startswith('"') else _opened(part)
                current += part
                continue
            number += 1
            if depth > 0:
                current += " "
                continue
            if current.strip():
                yield _Line(start, current.strip())
            current, start, depth = "", number, 0


def _opened(text: str) -> int:
    return sum(text.count(each) for each in "([") - sum(text.count(each) for each in ")]")


def _compact(text: str) -> str:
    """Without spaces outside texts: how it is laid out means nothing."""
    return "".join(
        each if each.startswith('"') else re.sub(r"\s+", "", each)
        for each in re.findall(r'"(?:[^"\\]|\\.)*"|[^"]+|"', text)
    )

"""Columns, keys, indexes and enums: PostgreSQL's words for them, read to what Prisma sees."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from bot.core.schemas.schema import Definition

# A default of which nothing is to be said.
OPEN = "open"
_COUNTING = "autoincrement()"
_NOW = "now()"

_NAME = r'(?:"(?:[^"]|"")+"|[^\s"(),.]+)'
_NAMES = rf"{_NAME}(?:, {_NAME})*"
_QUALIFIED = rf"{_NAME}(?:\.{_NAME})?"
_PRIMARY_KEY = re.compile(rf"PRIMARY KEY \(({_NAMES})\)")
_ACTION = "NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT"
_FOREIGN_KEY = re.compile(
    rf"FOREIGN KEY \((?P<columns>{_NAMES})\) "
    rf"REFERENCES (?P<table>{_QUALIFIED})\((?P<there>{_NAMES})\)"
    rf"(?: MATCH FULL)?(?: ON UPDATE (?P<update>{_ACTION}))?"
    rf"(?: ON DELETE (?P<delete>{_ACTION}))?"
)
_INDEX = re.compile(
    rf"CREATE (?P<unique>UNIQUE )?INDEX {_NAME} ON (?:ONLY )?{_QUALIFIED} "
    rf"USING (?P<method>{_NAME}) \((?P<keys>.*)\)",
    re.DOTALL,
)
_INDEX_KEY = re.compile(
    rf"(?P<column>{_NAME})(?: COLLATE {_QUALIFIED})?"
    rf"(?: (?P<operators>(?!ASC\b|DESC\b|NULLS\b){_QUALIFIED}(?:\s*\([^()]*\))?))?"
    r"(?P<descending> DESC)?(?: ASC)?(?: NULLS (?:FIRST|LAST))?"
)
_INCLUDED = re.compile(rf" INCLUDE \(({_NAMES})\)")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_CAST = r"::[\w.\" ]+(?:\(\d+(?:,\d+)?\))?[\w ]*(?:\[\])*"
_LITERAL = re.compile(
    rf"\(?({_TEXT.pattern}|-?\d+(?:\.\d+)?)(?:{_CAST})?\)?(?:{_CAST})?", re.DOTALL
)
_EMPTY_LIST = re.compile(rf"\(?(?:'\{{\}}'|ARRAY\[\])(?:{_CAST})?\)?(?:{_CAST})?")
# Without one PostgreSQL keeps six digits.
_FULL_PRECISION = re.compile(r"\b(time|timestamp|interval)\(6\)")
_NUMERIC = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


@dataclass(frozen=True)
class Column:
    """`default` is in a form in which two of the same meaning are equal; None if there is none."""

    type: str
    required: bool
    default: str | None = None
    shown_default: str = ""

    @property
    def opened(self) -> "Column":
        return replace(self, default=OPEN)


@dataclass(frozen=True)
class Index:
    keys: tuple[str, ...]
    unique: bool = False
    method: str = "btree"

    def __str__(self) -> str:
        how = "" if self.method == "btree" else f" using {self.method}"
        return f"{'unique ' if self.unique else ''}({', '.join(self.keys)}){how}"


@dataclass(frozen=True)
class ForeignKey:
    columns: str
    references: str
    on_update: str = "NO ACTION"
    on_delete: str = "NO ACTION"

    def __str__(self) -> str:
        return (
            f"({self.columns}) to {self.references} "
            f"ON UPDATE {self.on_update} ON DELETE {self.on_delete}"
        )


def column_of(definition: Definition) -> Column:
    attributes = dict(definition)
    kind = _FULL_PRECISION.sub(r"\1", str(attributes["type"]))
    default = attributes.get("default")
    # Prisma has no word for NULL in place of a list.
    required = bool(attributes.get("not null")) or kind.endswith("[]")
    if attributes.get("generated"):
        return Column(kind, required, OPEN)
    if attributes.get("identity") or (default and str(default).startswith("nextval(")):
        return Column(kind, required, _COUNTING, _COUNTING)
    if default is None:
        return Column(kind, required)
    return Column(kind, required, default_of(str(default), kind), " ".join(str(default).split()))


def default_of(expression: str, kind: str) -> str:
    """The same for two expressions that Prisma takes for one value."""
    if expression.upper() in ("NOW()", "CURRENT_TIMESTAMP"):
        return _NOW
    if kind.endswith("[]") and _EMPTY_LIST.fullmatch(expression):
        return "[]"
    literal = _LITERAL.fullmatch(expression)
    if literal is None:
        return expression
    value = literal[2].replace("''", "'") if literal[2] is not None else literal[1]
    return f"={_number(value) if kind.startswith(_NUMERIC) else value}"


def _number(text: str) -> str:
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text


def primary_key_of(constraint: str) -> str:
    """Its columns in brackets; "" for any other constraint."""
    match = _PRIMARY_KEY.match(constraint)
    return f"({match[1]})" if match else ""


def foreign_key_of(constraint: str) -> ForeignKey | None:
    match = _FOREIGN_KEY.match(constraint)
    if match is None:
        return None
    return ForeignKey(
        columns=match["columns"],
        references=f"{match['table']}({match['there']})",
        on_update=match["update"] or "NO ACTION",
        on_delete=match["delete"] or "NO ACTION",
    )


def index_of(definition: str) -> Index | None:
    """None for what Prisma does not see: an index on expressions, or on some of the rows."""
    keys = _keys_in(definition)
    match = _INDEX.match(definition[: keys[1] + 1]) if keys else None
    if keys is None or match is None or " WHERE " in _without_names(definition[keys[1] :]):
        return None
    # Prisma takes what an index only includes for further keys of it.
    included = _INCLUDED.match(definition, keys[1] + 1)
    more = _cut(included[1]) if included else []
    read = [_INDEX_KEY.fullmatch(each) for each in (*_cut(match["keys"]), *more)]
    if not all(read):
        return None
    return Index(
        keys=tuple(_key(each) for each in read if each),
        unique=bool(match["unique"]),
        method=match["method"],
    )


def _key(match: re.Match[str]) -> str:
    operators = f" {match['operators']}" if match["operators"] else ""
    return f"{match['column']}{operators}{match['descending'] or ''}"


def _keys_in(definition: str) -> tuple[int, int] | None:
    """Where the bracket round the keys opens and closes."""
    depth, first = 0, -1
    for place, sign in _signs(definition):
        if sign == "(":
            first = place if first < 0 else first
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return first, place
    return None


def _cut(keys: str) -> list[str]:
    """At the commas that are in no bracket."""
    depth, start, found = 0, 0, []
    for place, sign in _signs(keys):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            found.append(keys[start:place].strip())
            start = place + 1
    return [*found, keys[start:].strip()]


def _signs(text: str) -> list[tuple[int, str]]:
    """Every character that is in no quotes, and where it is."""
    return [
        (match.start(), match[0])
        for match in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|.", text, re.DOTALL)
        if len(match[0]) == 1
    ]


def _without_names(text: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "", text)


def values_of(labels: str) -> frozenset[str]:
    """Of an enum, as SQL writes them; Prisma does not see their order."""
    return frozenset(match[0] for match in _TEXT.finditer(labels))
